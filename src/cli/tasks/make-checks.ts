import type { CheckResult } from "../../analysis/checks/check-result.ts";
import type { CheckRequest } from "../../app/checks/check-request.ts";
import { checkLookahead, checkRepro, checkWarmup } from "../../app/checks/run-checks.ts";
import { KiwiError } from "../../base/errors.ts";

/** The checks by name, in the order in which all of them are made. */
const checks = { lookahead: checkLookahead, warmup: checkWarmup, repro: checkRepro };
const names = ["lookahead", "warmup", "repro"] as const;

/** One check, or all of them. */
export type CheckKind = keyof typeof checks | "all";

/** Makes one check or all of them; `onBegin` hears the name of each. */
export async function makeChecks(
  request: CheckRequest,
  kind: CheckKind,
  onBegin: (name: string, done: number) => void,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (const name of kind === "all" ? names : [kind]) {
    onBegin(name, results.length);
    results.push(await (kind === "all" ? oneOfAll(name, request) : checks[name](request)));
  }
  return results;
}

/** A check that could not be made has not passed, and must not take what the others found with it. */
async function oneOfAll(name: keyof typeof checks, request: CheckRequest): Promise<CheckResult> {
  try {
    return await checks[name](request);
  } catch (error) {
    if (!(error instanceof KiwiError) || !error.parts.code.startsWith("CHECK_")) throw error;
    const { code, message, why } = error.parts;
    const culprit = "file" in request.strategy ? request.strategy.file : request.strategy.name;
    const sentence = `${message}: ${why} (${code})`;
    return {
      id: name,
      pass: false,
      findings: [
        { kind: "state", culprit, symbol: null, timeMs: null, shown: null, otherwise: null, sentence },
      ],
      notes: [],
      strategyName: culprit,
      barsGiven: request.bars.reduce((sum, { length }) => sum + length, 0),
      barsCompared: 0,
      columnsCompared: 0,
    };
  }
}
