import type { CheckSubject } from "../../analysis/checks/check-subject.ts";
import type { Finding } from "../../analysis/checks/check-result.ts";
import { lookahead, lookaheadDefaults, type LookaheadResult } from "../../analysis/checks/lookahead.ts";
import { ordinaryRun, type RunTrace } from "../../analysis/checks/run-trace.ts";
import { warmup, warmupDefaults } from "../../analysis/checks/warmup.ts";
import type { CheckName, CheckOrder, CheckResults, NamedTraces } from "./check-order.ts";
import type { CheckRequest } from "./check-request.ts";
import { loadRegistry } from "../plugins/load-registry.ts";
import type { StrategyWatch } from "../plugins/watched-strategy.ts";
import { watchAccess } from "./forbidden-access.ts";
import { subjectOf } from "./subject-of.ts";

/** Runs a check in this very process. Module state and globals of the strategy stay behind: give it its own process. */
export async function performCheck(
  { check, request }: CheckOrder,
  watch?: StrategyWatch,
): Promise<CheckResults[CheckName]> {
  if (check === "lookahead") return guardedLookahead(request, watch);
  const subject = subjectOf(request, await loadRegistry(process.cwd(), request.plugins ?? []), watch);
  switch (check) {
    case "warmup":
      return warmup(subject, { ...warmupDefaults, ...request.warmup });
    case "traces":
      return traces(subject, 2);
    case "trace":
      return traces(subject, 1);
  }
}

/** The look for the future, with traps set for everything that is not a bar. */
async function guardedLookahead(request: CheckRequest, watch?: StrategyWatch): Promise<LookaheadResult> {
  const options = { ...lookaheadDefaults, ...request.lookahead };
  const access = watchAccess(request.plugins);
  try {
    const registry = await loadRegistry(process.cwd(), request.plugins ?? []);
    return withAccess(await lookahead(subjectOf(request, registry, watch), options), access.findings());
  } catch (cause) {
    const findings = access.findings();
    if (findings.length === 0) throw cause;
    // What the traps kept from it is why it failed.
    return { ...nothingCompared(request), pass: false, findings };
  } finally {
    access.stop();
  }
}

function withAccess(result: LookaheadResult, access: readonly Finding[]): LookaheadResult {
  if (access.length === 0) return result;
  const isUnstable = result.findings.some(({ kind }) => kind === "state");
  const others = isUnstable ? result.findings.filter(({ kind }) => kind === "copy") : result.findings;
  const note =
    "its runs differ from one to the next, so the rest of this check says nothing until that is mended";
  return {
    ...result,
    pass: false,
    findings: [...access, ...others],
    notes: isUnstable ? [...result.notes, note] : result.notes,
  };
}

function nothingCompared({ bars, strategy }: CheckRequest): LookaheadResult {
  return {
    id: "lookahead",
    pass: true,
    findings: [],
    notes: ["the strategy failed on what it reached for, so nothing else was compared"],
    strategyName: "file" in strategy ? strategy.file : strategy.name,
    barsGiven: bars.reduce((sum, { length }) => sum + length, 0),
    barsCompared: 0,
    columnsCompared: 0,
    eventsCompared: 0,
    cuts: 0,
    paramSets: 0,
  };
}

async function traces(subject: CheckSubject, count: number): Promise<NamedTraces> {
  const runs: RunTrace[] = [];
  let strategyName = "";
  for (let k = 0; k < count; k++) {
    const strategy = await subject.load();
    strategyName = strategy.name;
    runs.push(ordinaryRun(subject, strategy, subject.params, subject.bars));
  }
  const [first, second] = runs.map(({ failure }) => failure);
  if (first && first.message === second?.message) throw first;
  return { strategyName, traces: runs.map(plainTrace) };
}

/** A trace that can leave the process. */
function plainTrace(trace: RunTrace): RunTrace {
  const { events, failure } = trace;
  return {
    ...trace,
    events: Array.from({ length: events.length }, (_, row) => events.at(row)!),
    failure: failure === null ? null : new Error(failure.message),
  };
}
