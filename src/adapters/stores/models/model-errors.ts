import { existsSync, readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { didYouMean } from "../../../base/nearest.ts";
import { KiwiError, type ErrorParts } from "../../../base/errors.ts";
import { predictorFamilies } from "../../../domain/predictor-artifact.ts";

function modelError(parts: Omit<ErrorParts, "topic">, cause?: unknown): KiwiError {
  return new KiwiError({ ...parts, topic: "models" }, { cause });
}

/** `MODEL_UNKNOWN`: no model has this name; says the nearest one. */
export function modelUnknown(name: string, known: readonly string[], root: string): KiwiError {
  const isEmpty = known.length === 0;
  return modelError({
    code: "MODEL_UNKNOWN",
    exit: "config",
    message: `there is no model ${name}`,
    why: isEmpty ? `${root} holds no models` : `${root} holds ${known.join(", ")}`,
    fix: isEmpty
      ? "train one: kiwi train regime --data FILE"
      : didYouMean(name, known, undefined, "kiwi model list shows all"),
  });
}

/** `MODEL_UNKNOWN`: the model has no such version. */
export function versionUnknown(name: string, version: number, known: readonly number[]): KiwiError {
  return modelError({
    code: "MODEL_UNKNOWN",
    exit: "config",
    message: `${name} has no version ${version}`,
    why: `it has ${known.join(", ")}`,
    fix: `name one of them: ${name}@${known.at(-1)}   (kiwi model list ${name})`,
  });
}

/** `MODEL_UNKNOWN`: versions are there, but none is in use. */
export function noneInUse(name: string, known: readonly number[]): KiwiError {
  return modelError({
    code: "MODEL_UNKNOWN",
    exit: "config",
    message: `no version of ${name} is in use`,
    why: `it has ${known.length === 1 ? "one version that was" : `${known.length} versions that were`} never promoted`,
    fix: `kiwi model promote ${name} ${known.at(-1)}`,
  });
}

/** `MODEL_NAME_INVALID`: the name cannot be that of a folder. */
export function nameInvalid(name: string): KiwiError {
  return modelError({
    code: "MODEL_NAME_INVALID",
    exit: "usage",
    message: `${JSON.stringify(name.slice(0, 80))} cannot name a model`,
    why: "a name has letters, digits, dots, hyphens and underscores, begins with a letter or digit, and has 100 at most",
    fix: "give it a name such as regime-SPY-1d",
  });
}

/** `MODEL_OTHER_KIND`: it tells the direction, and a model of regimes was wanted. */
export function notOfRegimes(name: string, family: string): KiwiError {
  return modelError({
    code: "MODEL_OTHER_KIND",
    exit: "config",
    message: `${name} is a model of direction (${family}), and a model of regimes is wanted`,
    why: "the two say different things about a market",
    fix: "train one: kiwi train regime --data FILE   (kiwi model list shows what there is)",
  });
}

/** `MODEL_NEWER`: a later Kiwi wrote this. */
export function modelNewer(path: string, format: number, known: number): KiwiError {
  return modelError({
    code: "MODEL_NEWER",
    exit: "data",
    message: `${path} was written by a newer Kiwi (format ${format}; this one knows ${known})`,
    why: "an older version could misread what it means",
    fix: "update Kiwi, or train the model with this version under another name: kiwi train regime --name NAME",
  });
}

/** `MODEL_DAMAGED`: what is wrong with the file, and how to go on without it. */
export function modelDamaged(path: string, why: string, name: string, cause?: unknown): KiwiError {
  // The file cannot tell what it was; a model's name begins with its family unless somebody chose another.
  const family = predictorFamilies.find((one) => name.startsWith(`${one}-`)) ?? "regime";
  const again = `kiwi train ${family} --name ${name}`;
  return modelError(
    {
      code: "MODEL_DAMAGED",
      exit: "data",
      message: `${path} is not a model that Kiwi wrote: ${why}`,
      why: "the file was changed, cut off, or comes from elsewhere",
      fix: hasEarlier(path)
        ? `use an earlier version: kiwi model rollback ${name}   (or train it again: ${again})`
        : `there is no earlier version: put the file back from a backup, or train it again: ${again}`,
    },
    cause,
  );
}

/** Whether versions before that of a file lie beside it. */
function hasEarlier(path: string): boolean {
  const version = Number.parseInt(basename(path), 10);
  const names = existsSync(dirname(path)) ? readdirSync(dirname(path)) : [];
  return names.some((name) => /^[1-9]\d*\.json$/.test(name) && Number.parseInt(name, 10) < version);
}

/** `MODEL_NO_EARLIER`: there is nothing to go back to. */
export function noEarlier(name: string, version: number | null): KiwiError {
  return modelError({
    code: "MODEL_NO_EARLIER",
    exit: "config",
    message: `${name} cannot be rolled back`,
    why: version === null ? "no version is in use" : `no version was in use before ${version}`,
    fix: `kiwi model promote ${name} VERSION   (kiwi model list ${name} shows them)`,
  });
}
