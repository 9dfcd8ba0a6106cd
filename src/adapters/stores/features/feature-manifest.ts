import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, sha256 } from "../../../base/hash.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import { isMissing, readFault, storeFault } from "../bars/bar-store-errors.ts";
import { replaceFile } from "../bars/durable-files.ts";

/** The form of a folder of features. A later Kiwi that changes it counts up. */
const featureFormat = 1;
const manifestName = "manifest.json";

/** What stored values depend on beside the numbers in the bars. */
export type FeatureIdentity = {
  readonly set: string;
  readonly version: number;
  /** SHA-256 of names and expressions. */
  readonly definition: string;
  /** SHA-256 of the code that computed them. */
  readonly code: string;
  readonly calendar: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
};

/** A number of rows, and the fingerprint of the bars up to there. */
export type StoredState = { readonly rows: number; readonly fingerprint: string };

/** A feature in its file; the place in the list is the number in the file's name. */
export type StoredFeature = {
  readonly name: string;
  /** CRC-32 of each block of rows; the last one covers what there is of its block. */
  readonly checks: readonly number[];
};

/** What a folder of features holds. Rows past the last state are what a killed writer left and do not count. */
export type FeatureManifest = {
  readonly identity: FeatureIdentity;
  /** Begins the names of the files: values computed anew never overwrite what somebody may be reading. */
  readonly generation: number;
  readonly blockRows: number;
  /** The last few states, newest last: a reader whose bars end a little earlier finds its own. */
  readonly states: readonly [StoredState, ...StoredState[]];
  readonly features: readonly StoredFeature[];
};

/** What was found: features can be computed again, so damage is an answer here and no error. */
export type ManifestFound =
  | { readonly kind: "none" }
  | { readonly kind: "damaged"; readonly why: string }
  | { readonly kind: "found"; readonly manifest: FeatureManifest };

/** Reads what a folder says that it holds. Throws `STORE_NEWER` and `STORE_NOT_READABLE`. */
export async function readFeatureManifest(folder: string): Promise<ManifestFound> {
  const path = join(folder, manifestName);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (isMissing(cause)) return { kind: "none" };
    throw readFault(path, cause);
  }
  const found = parsed(text);
  if (found === null) return { kind: "damaged", why: `${path} is not what was written` };
  const { format, sha256: sum, ...manifest } = found;
  if (format > featureFormat) throw newer(folder, format);
  if (sum !== sha256(canonicalJson({ format, ...manifest })))
    return { kind: "damaged", why: `${path} contradicts its own checksum` };
  return { kind: "found", manifest };
}

/** Makes a manifest the state of its folder, at once and for good. */
export async function writeFeatureManifest(folder: string, manifest: FeatureManifest): Promise<void> {
  const content = { format: featureFormat, ...manifest };
  const text = JSON.stringify({ ...content, sha256: sha256(canonicalJson(content)) });
  await replaceFile(join(folder, manifestName), [`${text}\n`]);
}

type ManifestText = FeatureManifest & { readonly format: number; readonly sha256: string };

function parsed(text: string): ManifestText | null {
  try {
    const value = JSON.parse(text) as ManifestText | null;
    return typeof value === "object" && typeof value?.format === "number" ? value : null;
  } catch {
    return null;
  }
}

function newer(folder: string, format: number): Error {
  return storeFault({
    code: "STORE_NEWER",
    exit: "data",
    message: `the features in ${folder} were written by a newer Kiwi (format ${format}; this one knows ${featureFormat})`,
    why: "this version cannot read them and will not overwrite them",
    fix: `update Kiwi, or remove them: rm -r ${folder}   (features are computed again from the bars)`,
  });
}
