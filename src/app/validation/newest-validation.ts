import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, checksumOf } from "../../base/hash.ts";
import { searchesFolder } from "../search/search-journal.ts";
import type { ValidationDocument } from "./validation-document.ts";

/** What a validation is to be of. */
export type ValidatedSubject = Pick<ValidationDocument, "strategy" | "params" | "symbols" | "timeframe">;

/** A validation as it is stored. */
export type StoredValidation = {
  readonly id: string;
  readonly document: ValidationDocument;
  /** False where it is not as it was written. */
  readonly isWhole: boolean;
};

/**
 * The newest stored validation of a strategy with these parameters, over these symbols at this timeframe, on bars that
 * nobody made up; null where there is none. It may be of more symbols.
 */
export async function newestValidation(
  folder: string,
  subject: ValidatedSubject,
): Promise<StoredValidation | null> {
  const root = searchesFolder(folder);
  let newest: StoredValidation | null = null;
  for (const id of await readdir(root).catch(() => [])) {
    const document = await readValidation(join(root, id, "validation.json"));
    if (document === null || !isOf(document, subject)) continue;
    if (newest !== null && document.createdMs <= newest.document.createdMs) continue;
    newest = { id, document, isWhole: document.sha256 === checksumOf(document) };
  }
  return newest;
}

/** Null for what is no validation, or one from before it was written down what it is of. */
async function readValidation(path: string): Promise<ValidationDocument | null> {
  try {
    const document = JSON.parse(await readFile(path, "utf8")) as Partial<ValidationDocument> | null;
    return document?.schema === "validate@1" && Number.isFinite(document.createdMs)
      ? (document as ValidationDocument)
      : null;
  } catch {
    return null;
  }
}

function isOf(
  document: ValidationDocument,
  { strategy, params, symbols, timeframe }: ValidatedSubject,
): boolean {
  const validated = new Set(document.symbols);
  return (
    document.dataKind !== "synthetic" &&
    document.strategy === strategy &&
    document.timeframe === timeframe &&
    canonicalJson(document.params) === canonicalJson(params) &&
    symbols.every((symbol) => validated.has(symbol) || validated.has(symbol.replace("/", "")))
  );
}
