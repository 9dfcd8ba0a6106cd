import { KiwiError } from "../base/errors.ts";
import type { Failure } from "./job-messages.ts";

/** Takes an error apart, so that it can travel between threads. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error))
    return { parts: null, name: "Error", message: String(error), stack: "", cause: null };
  return {
    parts: error instanceof KiwiError ? error.parts : null,
    name: error.name,
    message: error.message,
    stack: error.stack ?? "",
    cause: error.cause === undefined ? null : failureOf(error.cause),
  };
}

/** Puts an error together again. */
export function errorOf({ parts, name, message, stack, cause }: Failure): Error {
  const options = cause === null ? undefined : { cause: errorOf(cause) };
  if (parts !== null) return Object.assign(new KiwiError(parts, options), { stack });
  return Object.assign(new Error(message, options), { name, stack });
}
