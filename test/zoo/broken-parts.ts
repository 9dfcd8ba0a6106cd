import { BarTable } from "../../src/domain/bar-table.ts";
import type { Bars } from "../../src/domain/bars.ts";
import { signOf, type ApprovedOrder, type ExecutionReport } from "../../src/domain/order.ts";
import type { MarketSlice } from "../../src/domain/slice.ts";
import type { Frame } from "../../src/engine/columns/frame.ts";
import type { Broker } from "../../src/ports/broker.ts";

const hourMs = 3_600_000;

/** Broken: a higher bar is there from its first base bar on and changes until it closes. */
export class FormingFrame implements Frame {
  readonly bars: BarTable;
  visible = new Int32Array(0);
  private readonly source: Bars;
  private readonly spanMs: number;
  private next = 0;

  constructor(source: Bars, hours: number) {
    this.source = source;
    this.spanMs = hours * hourMs;
    this.bars = new BarTable(source.symbol, `${hours}h`);
    this.extend();
  }

  extend(): void {
    const { source, bars } = this;
    const visible = new Int32Array(source.length);
    visible.set(this.visible);
    for (; this.next < source.length; this.next++) {
      this.merge(this.next);
      visible[this.next] = bars.length - 1;
    }
    this.visible = visible;
  }

  private merge(row: number): void {
    const { source, bars, spanMs } = this;
    const endMs = Math.ceil(source.closeTimeMs[row]! / spanMs) * spanMs;
    const last = bars.length - 1;
    if (last < 0 || bars.closeTimeMs[last] !== endMs) {
      bars.append(
        endMs,
        source.open[row]!,
        source.high[row]!,
        source.low[row]!,
        source.close[row]!,
        source.volume[row]!,
      );
      return;
    }
    bars.high[last] = Math.max(bars.high[last]!, source.high[row]!);
    bars.low[last] = Math.min(bars.low[last]!, source.low[row]!);
    bars.close[last] = source.close[row]!;
    bars.volume[last] = bars.volume[last]! + source.volume[row]!;
  }
}

/** Broken: shows rows of another frame a few rows before they have closed, as far as there are any. */
export class EarlyFrame implements Frame {
  readonly bars: Bars;
  visible = new Int32Array(0);
  private readonly real: Frame;
  private readonly rowsEarly: number;

  constructor(real: Frame, rowsEarly: number) {
    this.real = real;
    this.rowsEarly = rowsEarly;
    this.bars = real.bars;
    this.extend();
  }

  extend(): void {
    this.real.extend();
    this.visible = this.real.visible.map((row) => Math.min(row + this.rowsEarly, this.bars.length - 1));
  }
}

/** Broken: market orders fill at the close that they were decided on. Costs nothing, and reports at the next bar. */
export class HastyBroker implements Broker {
  private readonly real: Broker;
  private readonly bars: readonly Bars[];
  private readonly rows: number[] = [];
  private readonly filled: ExecutionReport[] = [];
  private lastFillId = 1_000_000;

  constructor(real: Broker, bars: readonly Bars[]) {
    this.real = real;
    this.bars = bars;
  }

  quietUntil(from: number, to: number): number {
    return this.filled.length === 0 ? this.real.quietUntil(from, to) : from;
  }

  get hasAnswers(): boolean {
    return this.real.hasAnswers;
  }

  modify(order: ApprovedOrder): void {
    this.real.modify(order);
  }

  submit(order: ApprovedOrder): void {
    if (order.terms.type !== "market") return this.real.submit(order);
    this.lastFillId += 1;
    const { id, instrument, side, quantity, requestedMs } = order;
    const price = this.bars[instrument]!.close[this.rows[instrument]!]! * (1 + signOf(side) * 0.0001);
    const fill = {
      fillId: this.lastFillId,
      orderId: id,
      instrument,
      side,
      quantity,
      cumulativeQuantity: quantity,
      price,
    } as const;
    const rest = { fee: 0, slippageCost: 0, liquidity: "taker", timeMs: requestedMs } as const;
    this.filled.push({ kind: "filled", fill: { ...fill, ...rest }, isComplete: true });
  }

  cancel(order: ApprovedOrder): void {
    if (order.terms.type !== "market") this.real.cancel(order);
  }

  advance(slice: MarketSlice): readonly ExecutionReport[] {
    for (let k = 0; k < slice.count; k++) this.rows[slice.instruments[k]!] = slice.rows[k]!;
    return [...this.filled.splice(0), ...this.real.advance(slice)];
  }
}
