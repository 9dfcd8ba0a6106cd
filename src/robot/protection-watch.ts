import { lotsOf } from "../base/numbers.ts";
import { formatDuration } from "../base/time.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import { signOf } from "../domain/order.ts";
import { liveTicket, lotOf, type DeskState } from "./desk/desk-state.ts";
import { isTarget } from "./desk/wanted-quantity.ts";
import type { Clock } from "../ports/clock.ts";
import type { TradingState } from "../ports/risk.ts";
import type { SymbolView } from "./engine/engine-view.ts";
import type { Incident, RobotLimits } from "./robot-types.ts";

/**
 * How long a position may stand without its stop before it is told: a change of it takes two messages, each believed lost
 * after `unknownMs`. 10 s by the usual limits.
 */
const graceMs = ({ unknownMs }: RobotLimits): number => Math.max(10_000, 2 * unknownMs);

/** What the watch needs. */
export type ProtectionWatchParts = {
  readonly clock: Clock;
  readonly limits: RobotLimits;
  readonly tradingState: () => TradingState;
  readonly say: (incident: Omit<Incident, "atMs">) => void;
};

/**
 * Looks whether what should have a stop has one at the venue, or an exit in its place. A position that has stood bare for
 * too long is told once, and that it no longer does.
 */
export class ProtectionWatch {
  private readonly parts: ProtectionWatchParts;
  private readonly bareSinceMs = new Map<string, number>();
  private readonly told = new Set<string>();

  constructor(parts: ProtectionWatchParts) {
    this.parts = parts;
  }

  look(symbols: readonly SymbolView[], state: DeskState): void {
    // What a kill switch has stripped of its stops on purpose is no news.
    if (this.parts.tradingState().state === "halted") return;
    for (const [k, line] of symbols.entries()) {
      const instrument = k as InstrumentIndex;
      if (isBare(state, instrument, line))
        this.noteBare(line.symbol, line.quantity, lastRefusal(state, instrument));
      else this.noteCovered(line.symbol);
    }
  }

  private noteBare(symbol: string, quantity: number, refusal: string | null): void {
    const nowMs = this.parts.clock.nowMs();
    const sinceMs = this.bareSinceMs.get(symbol) ?? nowMs;
    this.bareSinceMs.set(symbol, sinceMs);
    if (nowMs - sinceMs < graceMs(this.parts.limits) || this.told.has(symbol)) return;
    this.told.add(symbol);
    const why = refusal === null ? "" : `; the venue said: ${refusal}`;
    const message = `${quantity} ${symbol} stands without its stop for ${formatDuration(nowMs - sinceMs)}${why}. It is tried again; kiwi kill --flatten closes everything`;
    this.parts.say({ kind: "unprotected", gravity: "alarm", symbol, message });
  }

  private noteCovered(symbol: string): void {
    this.bareSinceMs.delete(symbol);
    if (!this.told.delete(symbol)) return;
    const message = `${symbol} has its stop again, or nothing is held any more`;
    this.parts.say({ kind: "unprotected", gravity: "notice", symbol, message });
  }
}

/** Whether something is held that should have a stop, and has neither that at the venue nor an exit in its place. */
export function isBare(
  state: DeskState,
  instrument: InstrumentIndex,
  { wantsStop, quantity }: Pick<SymbolView, "wantsStop" | "quantity">,
): boolean {
  const lot = lotOf(state, state.market.instruments[instrument]!);
  return wantsStop && lotsOf(Math.abs(quantity), lot) > 0 && !isGuarded(state, instrument, quantity);
}

/** Whether the venue has an order that ends the position when its price falls, or at once. */
function isGuarded({ openBy }: DeskState, instrument: InstrumentIndex, held: number): boolean {
  return openBy[instrument]!.some((work) => {
    const { side, closePosition, reduceOnly, terms } = work.order;
    if (!(closePosition || reduceOnly) || signOf(side) * held >= 0 || isTarget(terms.type)) return false;
    return liveTicket(work)?.phase === "working";
  });
}

/** Why the last order that was to end the position did not work. */
function lastRefusal({ finished }: DeskState, instrument: InstrumentIndex): string | null {
  const last = finished.findLast(
    ({ order, endCode }) => order.instrument === instrument && order.reduceOnly && endCode !== null,
  );
  return last?.tickets.at(-1)?.end?.reason ?? null;
}
