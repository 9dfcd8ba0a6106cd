import { availableParallelism } from "node:os";
import type { CheckResult } from "../../analysis/checks/check-result.ts";
import type { CheckRequest } from "../checks/check-request.ts";
import { checkLookahead, checkRepro, checkWarmup } from "../checks/run-checks.ts";
import { KiwiError } from "../../base/errors.ts";
import { mapConcurrently } from "../../base/map-concurrently.ts";

/** The checks by name, in the order in which all of them are made. */
const checks = { lookahead: checkLookahead, warmup: checkWarmup, repro: checkRepro };
const names = ["lookahead", "warmup", "repro"] as const;

/** One check, or all of them. */
export const checkKinds = [...names, "all"] as const;
export type CheckKind = (typeof checkKinds)[number];

/**
 * Makes one check or all of them, as many at a time as there are cores: each has a process of its own. `onBegin` hears
 * the name of each when it has what it needs, and how many are done.
 */
export async function makeChecks(
  request: CheckRequest,
  kind: CheckKind,
  onBegin: (name: string, done: number) => void,
): Promise<readonly CheckResult[]> {
  if (kind !== "all") return [await checks[kind](request, () => onBegin(kind, 0))];
  let done = 0;
  return mapConcurrently(names, availableParallelism(), async (name) => {
    const result = await oneOfAll(name, request, () => onBegin(name, done));
    done += 1;
    return result;
  });
}

/** A check that could not be made has not passed, and must not take what the others found with it. */
async function oneOfAll(
  name: keyof typeof checks,
  request: CheckRequest,
  onBegin: () => void,
): Promise<CheckResult> {
  try {
    return await checks[name](request, onBegin);
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
