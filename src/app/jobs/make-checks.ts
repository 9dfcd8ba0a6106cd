import { availableParallelism } from "node:os";
import type { CheckResult } from "../../analysis/checks/check-result.ts";
import type { CheckRequest } from "../checks/check-request.ts";
import { checkLookahead, checkRepro, checkWarmup, type CheckHearing } from "../checks/run-checks.ts";
import { KiwiError } from "../../base/errors.ts";
import { mapConcurrently } from "../../base/map-concurrently.ts";

/** The checks by name, in the order in which all of them are made. */
const checks = { lookahead: checkLookahead, warmup: checkWarmup, repro: checkRepro };
const names = ["lookahead", "warmup", "repro"] as const;

/** One check, or all of them. */
export const checkKinds = [...names, "all"] as const;
export type CheckKind = (typeof checkKinds)[number];

/** How the answer of one of several checks is said while the others run. */
export const checkLine = /^(PASS|FAIL|N\/A) (lookahead|warmup|repro)$/;

/** Hears how far some checks are together. */
export type ChecksHearing = {
  /** One of them has what it needs. */
  readonly onBegin?: () => void;
  readonly onDone?: (done: number, total: number) => void;
  /** One of several has its answer, in a line like `checkLine`. */
  readonly onAnswer?: (line: string) => void;
};

/** Makes one check or all of them, as many at a time as there are cores: each has a process of its own. */
export async function makeChecks(
  request: CheckRequest,
  kind: CheckKind,
  hearing: ChecksHearing,
): Promise<readonly CheckResult[]> {
  if (kind !== "all") return [await checks[kind](request, hearing)];
  const parts = names.map(() => ({ done: 0, total: 0 }));
  return mapConcurrently(names, availableParallelism(), async (name, k) => {
    const onDone = (done: number, total: number): void => {
      parts[k] = { done, total };
      hearing.onDone?.(sumOf(parts, "done"), sumOf(parts, "total"));
    };
    const result = await oneOfAll(name, request, { ...hearing, onDone });
    const answer = result.pass === null ? "N/A" : result.pass ? "PASS" : "FAIL";
    hearing.onAnswer?.(`${answer} ${name}`);
    const { total } = parts[k]!;
    onDone(total, total);
    return result;
  });
}

function sumOf(parts: readonly Readonly<Record<"done" | "total", number>>[], key: "done" | "total"): number {
  return parts.reduce((sum, part) => sum + part[key], 0);
}

/** A check that could not be made has not passed, and must not take what the others found with it. */
async function oneOfAll(
  name: keyof typeof checks,
  request: CheckRequest,
  hearing: CheckHearing,
): Promise<CheckResult> {
  try {
    return await checks[name](request, hearing);
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
