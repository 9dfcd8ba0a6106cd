import type { ModelJudgement } from "../../ports/model.ts";
import {
  favour,
  finalWeights,
  judgedFactors,
  patienceWith,
  recordFactor,
  termWeights,
  type RegimeShares,
  type Term,
} from "./member-weights.ts";
import { opinionOf, poolOpinions, type Pooled } from "./pool-opinions.ts";
import { askStack, fitStack, type Stack } from "./stack-members.ts";

/** What a member says, row by row. */
export type MemberSeries = {
  readonly probability: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
};

/** Rows `from` to before `to` of all members; row `r` of the run stands at `r - from`. */
export type MemberRows = { readonly from: number; readonly to: number; readonly of: readonly MemberSeries[] };

/** How members become one. */
export type EnsembleRule = {
  /** By member: bars that it looks ahead. */
  readonly horizons: readonly number[];
  readonly terms: readonly Term[];
  /** How each did before it was used; null where nobody judged it. */
  readonly judgements: readonly (ModelJudgement | null)[];
  readonly horizonBars: number;
  readonly lookbackTrades: number;
  readonly pool: "linear" | "logarithmic" | "stacked";
  readonly penalty: number;
  readonly timeframeMs: number;
};

/** What is known at a row. `shares`: probabilities in the order of `regimeLabels`; all NaN while nothing is known. */
export type Moment = {
  readonly close: Float64Array;
  readonly closeTimeMs: Float64Array;
  readonly shares: readonly number[];
};

/** One opinion, how much of it is not a coin's, how volatile the market is, and whose it is. */
export type Spoken = {
  readonly pooled: Pooled;
  readonly trust: number;
  readonly volatile: number;
  readonly weights: readonly number[];
};

/** Whole outcomes that a stack is fitted on. */
const stackOutcomes = 100;

/** Pools members at one row after the other. A row is answered from bounded history alone: the same whenever it is asked. */
export class EnsembleRows {
  /** Rows before one that its answer reads. */
  readonly rowsBack: number;
  private readonly rule: EnsembleRule;
  private readonly judged: readonly number[];
  private readonly patience: number;
  private stack: { readonly row: number; readonly fit: Stack | null } | null = null;

  constructor(rule: EnsembleRule) {
    this.rule = rule;
    this.judged = judgedFactors(rule.judgements);
    this.patience = patienceWith(rule.judgements);
    const records = rule.lookbackTrades * Math.max(...rule.horizons);
    this.rowsBack = Math.max(records, rule.pool === "stacked" ? rule.horizonBars * (stackOutcomes + 2) : 0);
  }

  /** What the members say together about a row; null where none of them says anything. */
  speak(members: MemberRows, row: number, moment: Moment): Spoken | null {
    const { rule } = this;
    const at = row - members.from;
    const present = members.of.flatMap(({ probability, low, high }, k) =>
      [probability[at]!, low[at]!, high[at]!].some(Number.isNaN) ? [] : [k],
    );
    if (present.length === 0) return null;
    const shares = regimeSharesOf(moment.shares);
    const byRegime = termWeights(
      present.map((k) => rule.terms[k]!),
      shares,
    );
    const base = favour(
      byRegime,
      present.map((k) => this.judged[k]!),
    );
    const records = present.map((k) => this.record(members, k, row, moment.close));
    const confidence = present.map((k) => 1 - (members.of[k]!.high[at]! - members.of[k]!.low[at]!));
    const weights = finalWeights(base, records, confidence, this.patience);
    const trust = weights.reduce((sum, weight) => sum + weight, 0);
    const pooled = this.pool(members, present, row, moment, weights, trust);
    const all = rule.horizons.map((_, k) => (present.includes(k) ? weights[present.indexOf(k)]! : 0));
    return { pooled, trust: trust > 0 ? trust : 0, volatile: shares.volatile, weights: all };
  }

  private pool(
    members: MemberRows,
    present: readonly number[],
    row: number,
    moment: Moment,
    weights: readonly number[],
    trust: number,
  ): Pooled {
    const { pool, penalty } = this.rule;
    const at = row - members.from;
    if (pool === "stacked" && present.length === members.of.length) {
      const fit = this.stackAt(members, row, moment);
      if (fit !== null)
        return askStack(
          fit,
          members.of.map(({ probability }) => probability[at]!),
        );
    }
    const opinions = present.map((k) => {
      const { probability, low, high } = members.of[k]!;
      return opinionOf(probability[at]!, low[at]!, high[at]!);
    });
    // Nobody is trusted at all: they count alike, and the coin has it all anyway.
    const shares = weights.map((weight) => (trust > 0 ? weight / trust : 1 / weights.length));
    return poolOpinions(opinions, shares, { pool: pool === "logarithmic" ? pool : "linear", penalty });
  }

  /** The record of a member over its last whole calls: none overlaps another, and the outcome of each is known at `row`. */
  private record({ from, of }: MemberRows, member: number, row: number, close: Float64Array): number {
    const { horizons, lookbackTrades } = this.rule;
    const horizon = horizons[member]!;
    const { probability } = of[member]!;
    const promised: number[] = [];
    const rose: boolean[] = [];
    for (let trade = 1; trade <= lookbackTrades; trade++) {
      const call = row - trade * horizon;
      if (call < from) break;
      const [chance, then, now] = [probability[call - from]!, close[call]!, close[call + horizon]!];
      if (Number.isNaN(chance) || then === now) continue;
      promised.push(chance);
      rose.push(now > then);
    }
    return recordFactor(promised, rose);
  }

  /** The stack of the rows that share a span of time: it is fitted where the span begins, so that it hangs on no question. */
  private stackAt(members: MemberRows, row: number, { close, closeTimeMs }: Moment): Stack | null {
    const { horizonBars, timeframeMs } = this.rule;
    const spanOf = (one: number) => Math.floor(closeTimeMs[one]! / (horizonBars * timeframeMs));
    let begin = row;
    while (begin > members.from && spanOf(begin - 1) === spanOf(row)) begin -= 1;
    if (this.stack?.row === begin) return this.stack.fit;
    const chances: number[][] = [];
    const rose: number[] = [];
    for (
      let call = Math.max(members.from, begin - horizonBars * (stackOutcomes + 1));
      call + horizonBars <= begin;
      call++
    ) {
      const said = members.of.map(({ probability }) => probability[call - members.from]!);
      const [then, now] = [close[call]!, close[call + horizonBars]!];
      if (said.some(Number.isNaN) || then === now) continue;
      chances.push(said);
      rose.push(now > then ? 1 : 0);
    }
    const fit = fitStack(chances, rose, 1 / horizonBars);
    this.stack = { row: begin, fit };
    return fit;
  }
}

function regimeSharesOf([up, down, sideways, volatile, unknown]: readonly number[]): RegimeShares {
  if (Number.isNaN(up)) return { trending: 0, ranging: 0, volatile: 0, unknown: 1 };
  return { trending: up! + down!, ranging: sideways!, volatile: volatile!, unknown: unknown! };
}
