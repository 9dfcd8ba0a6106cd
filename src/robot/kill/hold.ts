import type { TradingState } from "../../ports/risk.ts";

/** How the reason of a hold begins: it has been told, and nobody has to lift it. */
export const waitsFor = "it waits";

/**
 * Nothing is opened while something is amiss that ends by itself, and a little longer. Unlike a pull it is written nowhere: whoever
 * starts anew measures anew.
 */
export class Hold {
  /** Why; null while there is none. */
  reason: string | null = null;

  /** What trading may do under it: whatever else stands comes first. */
  under(ordered: TradingState): TradingState {
    return ordered.state !== "active" || this.reason === null
      ? ordered
      : { state: "reducing", reason: `${waitsFor}: ${this.reason}` };
  }
}
