import type { z } from "zod";
import { KiwiError } from "../base/errors.ts";
import { formatTime } from "../base/time.ts";

/** A strategy did not come back from its own code. */
export function stuck(barTimeMs: number, seconds: number): KiwiError {
  const where = Number.isNaN(barTimeMs)
    ? "before its first bar"
    : `on the bar that closes ${formatTime(barTimeMs)}`;
  return strategyError(
    "STRATEGY_STUCK",
    "timeout",
    `the strategy has not come back for ${seconds} s ${where}`,
    "it loops for ever, or takes very long over one bar; the run was stopped and nothing was kept",
    "look for a loop that cannot end; if the bar really takes so long, allow more: --stuck-after 300",
  );
}

/** A strategy took the carrier with it. */
export function exited(code: number | null): KiwiError {
  return strategyError(
    "STRATEGY_EXITED",
    "data",
    `the strategy ended the program (exit code ${code ?? "none"})`,
    "it called process.exit, which a strategy must not, or was ended from outside",
    "throw an error instead, or do nothing",
  );
}

/** The job needed more memory than it may have. */
export function outOfMemory(): KiwiError {
  return strategyError(
    "OUT_OF_MEMORY",
    "data",
    "the run needs more memory than Node may use",
    "the data, or what the strategy keeps in its memory, are too large",
    "take fewer symbols or a shorter range, or run NODE_OPTIONS=--max-old-space-size=8192 kiwi ...",
  );
}

/** Something went wrong in a timer or a promise that nobody waited for. */
export function strayError(cause: unknown): KiwiError {
  if (cause instanceof KiwiError) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  return strategyError(
    "STRATEGY_STRAY_ERROR",
    "data",
    `the strategy failed outside of its onBar: ${text}`,
    "a timer of it threw, or a promise failed that nobody waited for; the run was stopped and nothing was kept",
    "decide inside onBar, at once: no timers, no promises, no network; -v shows where it was thrown",
    cause,
  );
}

/** A job took longer than it may. */
export function tooLong(limitMs: number): KiwiError {
  return jobError(
    "JOB_TIME_LIMIT",
    `the job was stopped after ${Math.round(limitMs / 1000)} s`,
    "it has a time limit, and was not done by then; nothing was kept",
    "give it less to do, or more time",
  );
}

/** Whoever asked for the job wants it no longer. */
export function canceled(): KiwiError {
  return jobError(
    "JOB_CANCELED",
    "the job was canceled",
    "it was asked to stop; nothing was kept",
    "start it again",
  );
}

/** A request that is not what the job takes. */
export function refusedRequest(name: string, { path, message }: z.core.$ZodIssue): KiwiError {
  return jobError(
    "JOB_REQUEST_INVALID",
    `the request for the job ${name} is not right: ${path.map(String).join(".")}`,
    message,
    "correct that value; what a run was asked for stands in its manifest.json",
  );
}

function jobError(code: string, message: string, why: string, fix: string): KiwiError {
  return new KiwiError({
    code,
    exit: code === "JOB_REQUEST_INVALID" ? "usage" : "timeout",
    message,
    why,
    fix,
    topic: "runs",
  });
}

function strategyError(
  code: string,
  exit: "data" | "timeout",
  message: string,
  why: string,
  fix: string,
  cause?: unknown,
): KiwiError {
  return new KiwiError({ code, exit, message, why, fix, topic: "strategy-errors" }, { cause });
}
