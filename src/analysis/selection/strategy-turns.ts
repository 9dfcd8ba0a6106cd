import type { SelectionInput } from "./selection-input.ts";

/** How long a strategy had the money, and what became of it. */
export type StrategyTurn = {
  /** Null: nobody had it. */
  readonly name: string | null;
  /** Decision bars, over all symbols. */
  readonly bars: number;
  readonly share: number;
  /** Stretches without a break. */
  readonly turns: number;
  readonly meanBars: number | null;
  /** What the account made meanwhile, in base currency. */
  readonly profit: number;
  readonly demotions: number;
};

/** Every strategy in its place, then nobody; `profits` are those of `attributeProfit` by strategy. */
export function strategyTurns(selection: SelectionInput, profits: Float64Array): readonly StrategyTurn[] {
  const { strategies, symbols } = selection;
  const counts = [...strategies, null].map(() => ({ bars: 0, turns: 0, demotions: 0 }));
  const nobody = strategies.length;
  let all = 0;
  for (const { log, demotions } of symbols) {
    for (let row = 0; row < log.length; row++) {
      const strategy = log.strategy[row]!;
      const count = counts[strategy < 0 ? nobody : strategy]!;
      count.bars += 1;
      if (row === 0 || log.strategy[row - 1] !== strategy) count.turns += 1;
    }
    all += log.length;
    for (const { strategy } of demotions) counts[strategy]!.demotions += 1;
  }
  return counts.map(({ bars, turns, demotions }, k) => ({
    name: strategies[k] ?? null,
    bars,
    share: all === 0 ? 0 : bars / all,
    turns,
    meanBars: turns === 0 ? null : bars / turns,
    profit: profits[k]!,
    demotions,
  }));
}
