import { didYouMean } from "../../base/nearest.ts";
import { KiwiError, type ExitKind } from "../../base/errors.ts";
import type { Origin } from "./origin.ts";

/** What goes wrong on the command line is a matter of usage; what stands in a file or the environment, of config. */
function exitOf(origin: Origin): ExitKind {
  return origin.kind === "flag" ? "usage" : "config";
}

/** An error about the configuration file itself. */
export function configError(
  code: string,
  message: string,
  why: string,
  fix: string,
  topic = "config",
): KiwiError {
  return new KiwiError({ code, exit: "config", message, why, fix, topic });
}

/** `CONFIG_UNKNOWN_KEY`, with the nearest name. */
export function unknownKey(path: readonly string[], known: readonly string[], origin: Origin): KiwiError {
  const key = path.at(-1)!;
  const parent = path.slice(0, -1).join(".");
  const isParams = path.length === 1 && (key === "params" || key === "param");
  return new KiwiError({
    code: "CONFIG_UNKNOWN_KEY",
    exit: exitOf(origin),
    message: `${origin.label} sets ${path.join(".")}, and there is no such key`,
    why: isParams
      ? "parameters live in the strategy; no file may change them behind your back"
      : `${parent === "" ? "the keys are" : `the keys of ${parent} are`} ${known.join(", ")}`,
    fix: isParams
      ? "use --param name=value, or --params FILE for a whole set"
      : didYouMean(
          key,
          known,
          (name) => [...path.slice(0, -1), name].join("."),
          "kiwi config schema describes every key",
        ),
    topic: "config",
  });
}

/** `CONFIG_INVALID`: a key that exists with a value that it cannot have. */
export function invalidValue(
  path: readonly string[],
  value: unknown,
  complaint: string,
  origin: Origin,
): KiwiError {
  const shown = JSON.stringify(value) ?? "nothing";
  // A flag of its own name is what the person typed; the key behind it says nothing new.
  const isNamed = origin.kind === "flag" && origin.label !== "--set";
  return new KiwiError({
    code: isNamed ? "FLAG_INVALID" : "CONFIG_INVALID",
    exit: exitOf(origin),
    message: isNamed
      ? `${origin.label} cannot be ${shown}`
      : `${origin.label} sets ${path.join(".")} to ${shown}, which it cannot be`,
    why: complaint,
    fix:
      origin.kind === "flag"
        ? `correct ${origin.label}   (kiwi config schema describes every key)`
        : `correct it: kiwi config schema describes every key, kiwi config show --origin says what holds now`,
    topic: "config",
  });
}
