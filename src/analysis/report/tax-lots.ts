import { LastPrices } from "./series/last-prices.ts";
import type { ReportInput } from "./report-input.ts";

/** One fill, with what it cost; money in the quote currency, and the rate of the moment into base currency. */
export type FillRow = {
  readonly timeMs: number;
  readonly instrument: number;
  /** Signed: bought above zero. */
  readonly quantity: number;
  readonly price: number;
  readonly fee: number;
  readonly slippage: number;
  readonly liquidity: string;
  readonly rate: number;
};

/** A part of a purchase that was sold, or of a short sale that was bought back, and what it earned; money in base currency. */
export type ClosedLot = {
  readonly instrument: number;
  readonly side: "long" | "short";
  readonly quantity: number;
  readonly openedMs: number;
  readonly closedMs: number;
  /** What the opening took, its share of the fee included: of a short sale what it brought. */
  readonly opened: number;
  /** The same of the closing. */
  readonly closed: number;
  readonly gain: number;
};

/** What is still held of a fill when the bars end. */
export type OpenLot = Pick<ClosedLot, "instrument" | "side" | "quantity" | "openedMs" | "opened">;

type Lot = { quantity: number; readonly openedMs: number; money: number };

/** Every fill of a run, in the order in which they happened. */
export function fillRows(
  input: Pick<ReportInput, "log" | "bars" | "instruments" | "conversions">,
): readonly FillRow[] {
  return readEvents(input).flatMap((event) => (event.kind === "fill" ? [event.fill] : []));
}

/**
 * The lots of a run, first in first out: the oldest of what is held is sold first. Fees belong to the lots: they make a
 * purchase dearer and a sale poorer. A split changes the quantity of a lot and not what it cost.
 */
export function taxLots(input: Pick<ReportInput, "log" | "bars" | "instruments" | "conversions">): {
  readonly closed: readonly ClosedLot[];
  readonly open: readonly OpenLot[];
} {
  const held = input.instruments.map((): Lot[] => []);
  const closed: ClosedLot[] = [];
  for (const event of readEvents(input)) {
    if (event.kind === "split") for (const lot of held[event.instrument]!) lot.quantity *= event.ratio;
    else book(held[event.fill.instrument]!, event.fill, input.instruments, closed);
  }
  const open = held.flatMap((lots, instrument) =>
    lots.map(({ quantity, openedMs, money }): OpenLot => ({
      instrument,
      side: sideOf(quantity),
      quantity: Math.abs(quantity),
      openedMs,
      opened: money,
    })),
  );
  return { closed, open };
}

/** Takes a fill from the oldest lots of the other side; what is left of it opens one. */
function book(
  lots: Lot[],
  fill: FillRow,
  instruments: ReportInput["instruments"],
  closed: ClosedLot[],
): void {
  const { instrument, timeMs, price, fee, rate } = fill;
  const unit = price * instruments[instrument]!.contractMultiplier * rate;
  // Buying costs the fee on top, selling brings it less.
  const unitMoney = unit + (Math.sign(fill.quantity) * fee * rate) / Math.abs(fill.quantity);
  let left = fill.quantity;
  while (lots.length > 0 && Math.sign(lots[0]!.quantity) === -Math.sign(left)) {
    const lot = lots[0]!;
    const size = Math.abs(lot.quantity);
    const taken = Math.min(size, Math.abs(left));
    const opened = lot.money * (taken / size);
    const money = taken * unitMoney;
    const side = sideOf(lot.quantity);
    closed.push({
      instrument,
      side,
      quantity: taken,
      openedMs: lot.openedMs,
      closedMs: timeMs,
      opened,
      closed: money,
      gain: side === "long" ? money - opened : opened - money,
    });
    left -= Math.sign(left) * taken;
    // What is left of a lot by rounding alone is nothing.
    if (taken >= size * (1 - 1e-12)) lots.shift();
    else {
      lot.money -= opened;
      lot.quantity -= Math.sign(lot.quantity) * taken;
    }
    if (Math.abs(left) <= Math.abs(fill.quantity) * 1e-12) return;
  }
  lots.push({ quantity: left, openedMs: timeMs, money: Math.abs(left) * unitMoney });
}

function sideOf(quantity: number): "long" | "short" {
  return quantity > 0 ? "long" : "short";
}

type LotEvent =
  | { readonly kind: "fill"; readonly fill: FillRow }
  | { readonly kind: "split"; readonly instrument: number; readonly ratio: number };

function readEvents(
  input: Pick<ReportInput, "log" | "bars" | "instruments" | "conversions">,
): readonly LotEvent[] {
  const prices = new LastPrices(input);
  const { events } = input.log;
  const found: LotEvent[] = [];
  for (let row = 0; row < events.length; row++) {
    const { kind, timeMs, instrument, first, second, third, fourth, text } = events.at(row);
    if (kind === "charged" && text === "split" && second > 0)
      found.push({ kind: "split", instrument, ratio: second });
    if (kind !== "fill") continue;
    const rate = prices.rateAt(instrument, timeMs);
    const costs = { fee: third - fourth, slippage: fourth };
    found.push({
      kind: "fill",
      fill: { timeMs, instrument, quantity: first, price: second, ...costs, liquidity: text, rate },
    });
  }
  return found;
}
