import { exitCodes, KiwiError, type ErrorParts } from "../../base/errors.ts";
import { asTyped } from "../program-name.ts";
import type { Shell } from "../shell.ts";

const bug = "BUG";

/**
 * Prints a failure and returns its exit code: four lines on standard error, or with `--json` an envelope on standard
 * output. What is not a `KiwiError` is a bug of ours, and shows its stack with `-v`.
 */
export function printError(shell: Shell, error: unknown, args: readonly string[]): number {
  const parts = partsOf(error);
  const exitCode = exitCodeOf(error);
  if (args.includes("--json")) shell.out(JSON.stringify(errorEnvelope(parts, exitCode)));
  else shell.err(errorText(error, shell));
  if (args.includes("-v") || args.includes("--verbose")) shell.err(stacksOf(error));
  return exitCode;
}

/** The exit code of a failure. */
export function exitCodeOf(error: unknown): number {
  const { code, exit } = partsOf(error);
  return code === bug ? exitCodes.bug : exitCodes[exit];
}

/** The four parts as lines: what happened, why, what to do, where to read more. */
export function errorText(error: unknown, shell: Pick<Shell, "env">): string {
  const { code, message, why, fix, topic } = partsOf(error);
  const toType = asTyped(`fix   ${fix}\ndocs  kiwi help ${topic}`, shell);
  return `error ${code}  ${message}\nwhy   ${why}\n${toType}`;
}

/** The four parts of a failure among other results, for a program. */
export function errorContent(error: unknown): ReturnType<typeof contentOf> {
  return contentOf(partsOf(error), exitCodeOf(error));
}

/** The four parts for a program. */
function errorEnvelope(parts: ErrorParts, exit: number): unknown {
  return { schema: "error@1", ok: false, error: contentOf(parts, exit) };
}

function contentOf({ code, message, why, fix, topic }: ErrorParts, exit: number) {
  return { code, exit, message, why, fix, docs: `kiwi help ${topic}` };
}

function partsOf(error: unknown): ErrorParts {
  return error instanceof KiwiError ? error.parts : bugParts(error);
}

function bugParts(error: unknown): ErrorParts {
  return {
    code: bug,
    exit: "usage",
    message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    why: "this is a mistake in Kiwi and not in what you asked for",
    fix: "run the same command with -v and report what it prints",
    topic: "bugs",
  };
}

/** The stack of an error and of everything that caused it. */
function stacksOf(error: unknown): string {
  const lines: string[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    lines.push(cause.stack ?? cause.message);
  return lines.join("\ncaused by ");
}
