import type { CheckResult } from "../../analysis/checks/check-result.ts";
import type { LookaheadResult } from "../../analysis/checks/lookahead.ts";
import { newestBars } from "../../analysis/checks/newest-bars.ts";
import { compareRuns, type ReproResult } from "../../analysis/checks/repro.ts";
import { learnsForEver, type WarmupResult } from "../../analysis/checks/warmup.ts";
import type { CheckName, CheckOrder, CheckResults } from "./check-order.ts";
import type { CheckRequest } from "./check-request.ts";
import { KiwiError } from "../../base/errors.ts";
import { jobAt } from "../../jobs/job.ts";
import { runJob } from "../../jobs/open-carrier.ts";
import { builtIn } from "../plugins/registry.ts";
import { environmentWithoutSecrets } from "../config/environment-without-secrets.ts";

const barsMaxDefault = 100_000;
/** Memory for the objects of a check; the bars stand outside of it. */
const memoryMbMax = 4_096;
const stuckAfterSecondsUsual = 30;
/** The job behind every check: give it a process of its own. */
export const checkJob = jobAt<typeof import("./check-job.ts").default>(
  "one check",
  new URL("./check-job.ts", import.meta.url),
);

/** What whoever waits for a check may hear. */
export type CheckHearing = {
  /** The process which makes the check has everything it needs: it goes on by itself from here. */
  readonly onBegin?: () => void;
  /** How much of the check is done, ten times a second; totals of checks may be added up. */
  readonly onDone?: (done: number, total: number) => void;
};

/**
 * Looks for knowledge of the future in a strategy; docs/checks.md says how and what cannot be found.
 * Throws what loading and running the strategy throws, and `CHECK_PROCESS_ENDED`.
 */
export async function checkLookahead(
  request: CheckRequest,
  hearing?: CheckHearing,
): Promise<LookaheadResult> {
  const capped = newest(request);
  return withCap(await inProcess({ check: "lookahead", request: capped }, {}, hearing), request);
}

/** Measures the history that decisions need against what the engine waits for. Throws also `CHECK_TOO_FEW_BARS`. */
export async function checkWarmup(request: CheckRequest, hearing?: CheckHearing): Promise<WarmupResult> {
  const capped = newest(request);
  const { strategy } = capped;
  // Of our own choice among strategies the answer is known: no process is started to say so.
  const isOurs =
    "name" in strategy &&
    builtIn.strategies.some(({ name, plan }) => name === strategy.name && plan !== undefined);
  if (isOurs) return withCap(learnsForEver(capped, strategy.name), request);
  return withCap(await inProcess({ check: "warmup", request: capped }, {}, hearing), request);
}

/** Whether new instances of a strategy, here and in another process, time zone and language, decide the same. */
export async function checkRepro(request: CheckRequest, hearing?: CheckHearing): Promise<ReproResult> {
  const capped = newest(request);
  const elsewhere = elsewhereFrom(Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [here, there] = await Promise.all([
    inProcess({ check: "traces", request: capped }, {}, hearing),
    inProcess({ check: "trace", request: capped }, elsewhere),
  ]);
  const runs = [
    { where: "a first run", trace: here.traces[0]! },
    { where: "a second run of the same process", trace: here.traces[1]! },
    { where: `another process in ${elsewhere["TZ"]}`, trace: there.traces[0]! },
  ];
  return withCap(compareRuns(runs, here.strategyName, countBars(capped)), request);
}

/** A place where local time and local spelling are others. */
function elsewhereFrom(timeZone: string): Readonly<Record<string, string>> {
  return {
    TZ: timeZone === "Pacific/Kiritimati" ? "America/St_Johns" : "Pacific/Kiritimati",
    LC_ALL: "tr_TR.UTF-8",
  };
}

function newest(request: CheckRequest): CheckRequest {
  return { ...request, bars: newestBars(request.bars, request.barsMax ?? barsMaxDefault) };
}

/** Says so when not all bars were looked at. */
function withCap<Result extends CheckResult>(result: Result, request: CheckRequest): Result {
  const barsGiven = countBars(request);
  if (barsGiven === result.barsGiven) return result;
  const note = `only the newest ${request.barsMax ?? barsMaxDefault} bars of each symbol were looked at; --bars says how many`;
  return { ...result, barsGiven, notes: [...result.notes, note] };
}

function countBars({ bars }: CheckRequest): number {
  return bars.reduce((sum, { length }) => sum + length, 0);
}

/** Runs a check in a process of its own, which ends with it: nothing is left behind, whatever the strategy does. */
async function inProcess<Name extends CheckName>(
  order: CheckOrder<Name>,
  environment: Readonly<Record<string, string>> = {},
  { onBegin, onDone }: CheckHearing = {},
): Promise<CheckResults[Name]> {
  try {
    const result = await runJob("process", checkJob, order, {
      environment: { ...environmentWithoutSecrets(process.env), ...environment },
      memoryMbMax,
      stuckAfterSeconds: order.request.stuckAfterSeconds ?? stuckAfterSecondsUsual,
      ...(onBegin === undefined ? {} : { onSent: onBegin }),
      ...(onDone === undefined ? {} : { onLook: (_stage, { done, total }) => onDone(done, total) }),
      onLine: (line) => process.stderr.write(`${line}\n`),
    });
    // It was asked for this very check.
    return result as CheckResults[Name];
  } catch (error) {
    throw error instanceof KiwiError && endings.has(error.parts.code) ? ended(error) : error;
  }
}

/** What ends a process before the check is done. */
const endings = new Set(["STRATEGY_EXITED", "STRATEGY_STUCK", "OUT_OF_MEMORY"]);

function ended(cause: KiwiError): KiwiError {
  const { message, why } = cause.parts;
  return new KiwiError(
    {
      code: "CHECK_PROCESS_ENDED",
      exit: "check",
      message: `the process that checked the strategy was ended: ${message}`,
      why,
      fix: "mend the strategy; give fewer bars with --bars if it was memory",
      topic: "checks",
    },
    { cause },
  );
}
