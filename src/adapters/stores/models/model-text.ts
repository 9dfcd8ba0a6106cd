import { canonicalJson, sha256 } from "../../../base/hash.ts";
import type { HmmStateSummary } from "../../../domain/hmm-artifact.ts";
import { modelDamaged, modelNewer } from "./model-errors.ts";
import type { ModelDraft, StoredModel } from "./stored-model.ts";

/** The form of a model file. A later Kiwi that changes it counts up. */
const modelFormat = 1;

/** A model as the text of its file. The same draft gives the same text but for `createdMs`. */
export function textOfModel(draft: ModelDraft, createdMs: number): string {
  const content = { fileFormat: modelFormat, ...draft };
  return `${JSON.stringify({ ...content, sha256: checksumOf(content), createdMs }, null, 1)}\n`;
}

/** Reads the text of a model file. Throws `MODEL_NEWER` and `MODEL_DAMAGED`, naming the path. */
export function modelOfText(text: string, path: string, name: string): StoredModel {
  const damaged = (why: string, cause?: unknown) => modelDamaged(path, why, name, cause);
  const { fileFormat, sha256: sum, createdMs, ...draft } = parsed(text, damaged);
  if (typeof fileFormat !== "number" || typeof sum !== "string")
    throw damaged("it has no format or no checksum");
  const newest = Math.max(fileFormat, draft.artifact?.format ?? 0);
  if (newest > modelFormat) throw modelNewer(path, newest, modelFormat);
  if (sum !== checksumOf({ fileFormat, ...draft })) throw damaged("it contradicts its own checksum");
  if (draft.artifact?.name !== name) throw damaged(`it is the model ${draft.artifact?.name}`);
  const { artifact } = draft;
  if (artifact.kind === "predictor") return { ...draft, createdMs, sha256: sum };
  const summaries = artifact.summaries.map(revived);
  return { ...draft, artifact: { ...artifact, summaries }, createdMs, sha256: sum };
}

type ModelText = StoredModel & { readonly fileFormat: number };
type Draft = Omit<ModelText, "sha256" | "createdMs">;

/** Over what the file says: a number that JSON cannot write is null there. */
function checksumOf(content: Draft): string | null {
  try {
    return sha256(canonicalJson(JSON.parse(JSON.stringify(content))));
  } catch (cause) {
    // Nested deeper than any model is.
    if (cause instanceof RangeError) return null;
    throw cause;
  }
}

/** The numbers that JSON has no word for. */
function revived(summary: { readonly [Name in keyof HmmStateSummary]: number | null }): HmmStateSummary {
  const { meanReturn, volatility, share, expectedDwellBars } = summary;
  return {
    meanReturn: meanReturn ?? Number.NaN,
    volatility: volatility ?? Number.NaN,
    share: share ?? Number.NaN,
    expectedDwellBars: expectedDwellBars ?? Infinity,
  };
}

function parsed(text: string, damaged: (why: string, cause?: unknown) => Error): ModelText {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw damaged("it is no JSON", cause);
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw damaged("it is no object");
  return value as ModelText;
}
