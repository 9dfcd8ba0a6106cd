import type { Position } from "../domain/portfolio.ts";
import type { SymbolWindow } from "./symbol-window.ts";

/** A holding in the prices that a strategy sees: those of its series, which may be adjusted. */
export function seenPosition(position: Position, window: SymbolWindow): Position {
  return window.store.scale === null ? position : new SeenPosition(position, window);
}

class SeenPosition implements Position {
  readonly instrument: Position["instrument"];
  readonly #position: Position;
  readonly #window: SymbolWindow;

  constructor(position: Position, window: SymbolWindow) {
    this.instrument = position.instrument;
    this.#position = position;
    this.#window = window;
  }
  get quantity(): number {
    return this.#position.quantity;
  }
  get averagePrice(): number {
    return this.#position.averagePrice * this.#window.priceFactor;
  }
  get lastPrice(): number {
    return this.#position.lastPrice * this.#window.priceFactor;
  }
  get realizedPnl(): number {
    return this.#position.realizedPnl;
  }
  get feesPaid(): number {
    return this.#position.feesPaid;
  }
}
