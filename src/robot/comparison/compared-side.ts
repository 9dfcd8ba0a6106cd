import type { Bars } from "../../domain/bars.ts";
import type { Session } from "../../engine/session.ts";
import type { ComparedFill, ComparedOrder } from "./compared-fills.ts";
import { KnownOrders, type Made } from "./tally.ts";

/** What one side did so far. */
export class ComparedSide {
  /** Fills that have no lasting place in the comparison yet. */
  recent: ComparedFill[] = [];
  readonly orders = new KnownOrders();
  fills = 0;
  quantity = 0;
  /** Sum of the times from orders to fills. */
  afterMs = 0;
  /** Value that was traded, by instrument, in quote currency. */
  readonly traded = new Map<number, number>();
  /** What a venue kept of purchases as its fee, by instrument. */
  readonly kept = new Map<number, Made>();

  take(fill: ComparedFill): void {
    const { instrument, quantity, price, afterMs } = fill;
    this.recent.push(fill);
    this.fills += 1;
    this.quantity += Math.abs(quantity);
    this.afterMs += afterMs;
    this.traded.set(instrument, (this.traded.get(instrument) ?? 0) + Math.abs(quantity) * price);
  }

  keep({ instrument, quantity, price }: Pick<ComparedFill, "instrument" | "quantity" | "price">): void {
    const made = this.kept.get(instrument) ?? { quantity: 0, cost: 0 };
    this.kept.set(instrument, { quantity: made.quantity + quantity, cost: made.cost + quantity * price });
  }
}

/** Reads a side off the decision log of a session, from `fromMs` on, as the log grows. */
export class SideReader {
  readonly side = new ComparedSide();
  private readonly session: Session;
  private readonly fromMs: number;
  private readonly lastOrder = new Map<number, ComparedOrder>();
  private row = 0;

  constructor(session: Session, fromMs: number) {
    this.session = session;
    this.fromMs = fromMs;
  }

  /** Takes in what has come since the last call. */
  read(): void {
    const { events } = this.session.recorder.log;
    for (; this.row < events.length; this.row++) {
      const { kind, timeMs, instrument, first, second, third, fourth } = events.at(this.row);
      if (kind === "order") {
        const order = { instrument, timeMs, quantity: first };
        this.lastOrder.set(instrument, order);
        if (timeMs >= this.fromMs) this.side.orders.add(order);
      }
      if (kind === "fill" && timeMs >= this.fromMs)
        this.takeFill(instrument, timeMs, first, second, third - fourth);
    }
  }

  private takeFill(
    instrument: number,
    timeMs: number,
    quantity: number,
    price: number,
    commission: number,
  ): void {
    const order = this.lastOrder.get(instrument);
    const isOurs = order !== undefined && Math.sign(order.quantity) === Math.sign(quantity);
    const fill = {
      instrument,
      timeMs,
      quantity,
      price,
      afterMs: timeMs - (order?.timeMs ?? timeMs),
      orderedQuantity: isOurs ? order.quantity : Number.NaN,
      marketPrice: Number.NaN,
    };
    // A fee that is taken from what was bought is booked as a sale that brings nothing.
    const { contractMultiplier } = this.session.pipeline.instruments[instrument]!;
    const value = Math.abs(quantity) * price * contractMultiplier;
    if (value - commission < value / 2) this.side.keep(fill);
    else this.side.take(fill);
  }
}

/** Open of the bar that `timeMs` lies in; where it has not closed yet, the last close; NaN before the first. */
export function marketPriceAt(bars: Bars, timeMs: number): number {
  let [low, high] = [0, bars.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bars.closeTimeMs[middle]! < timeMs) low = middle + 1;
    else high = middle;
  }
  if (low < bars.length) return bars.open[low]!;
  return bars.length === 0 ? Number.NaN : bars.close[bars.length - 1]!;
}
