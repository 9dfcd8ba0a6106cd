import { regimeLabels, type RegimeLabel } from "../../domain/regime.ts";
import { LastPrices, type Valuation } from "../report/series/last-prices.ts";
import type { AccountLog, SelectionInput } from "./selection-input.ts";

/** A change of strategy, why it came, and what handing the position over cost. */
export type SwitchRow = {
  readonly timeMs: number;
  readonly symbol: string;
  readonly regime: RegimeLabel;
  /** Null for nobody. */
  readonly from: string | null;
  readonly to: string | null;
  readonly runnerUp: string | null;
  readonly score: number | null;
  readonly reason: string;
  /** Commission and slippage of the order that was sent on that bar, in base currency; 0 where nothing had to change. */
  readonly cost: number;
};

/** Every change of strategy of every symbol, oldest first. The first choice of a symbol is one. */
export function switchRows(
  { strategies, symbols }: SelectionInput,
  valuation: Valuation,
  log: AccountLog,
): readonly SwitchRow[] {
  const costs = switchCosts(
    symbols.map((symbol) => symbol.log.switches),
    valuation,
    log,
  );
  const nameOf = (index: number) => strategies[index] ?? null;
  return symbols
    .flatMap((symbol, instrument) => {
      let row = 0;
      return symbol.log.switches.map(({ timeMs, from, to, runnerUp, score, reason }, k): SwitchRow => {
        while (row + 1 < symbol.log.length && symbol.log.timeMs[row]! < timeMs) row += 1;
        return {
          timeMs,
          symbol: valuation.instruments[instrument]!.symbol,
          regime: regimeLabels[symbol.log.label[row]!]!,
          from: nameOf(from),
          to: nameOf(to),
          runnerUp: nameOf(runnerUp),
          score: Number.isFinite(score) ? score : null,
          reason,
          cost: costs[instrument]![k]!,
        };
      });
    })
    .sort((a, b) => a.timeMs - b.timeMs);
}

/** By symbol and switch: the fills until the symbol's next order belong to the order that the switch sent. */
function switchCosts(
  switches: readonly (readonly { readonly timeMs: number }[])[],
  valuation: Valuation,
  log: AccountLog,
): readonly Float64Array[] {
  const prices = new LastPrices(valuation);
  const costs = switches.map(({ length }) => new Float64Array(length));
  const next = switches.map(() => 0);
  /** The switch that sent the last order of a symbol; -1 where its strategy sent it by itself. */
  const owner = switches.map(() => -1);
  for (let k = 0; k < log.events.length; k++) {
    const { kind, instrument, timeMs, third } = log.events.at(k);
    if (kind === "order") {
      const own = switches[instrument]!;
      while (next[instrument]! < own.length && own[next[instrument]!]!.timeMs < timeMs)
        next[instrument]! += 1;
      owner[instrument] = own[next[instrument]!]?.timeMs === timeMs ? next[instrument]! : -1;
    } else if (kind === "fill" && owner[instrument]! >= 0)
      costs[instrument]![owner[instrument]!]! += third * prices.rateAt(instrument, timeMs);
  }
  return costs;
}
