import { dayMs } from "../../base/time.ts";
import { csvText } from "./csv-text.ts";
import { isoText } from "./number-text.ts";
import type { ReportInput } from "./report-input.ts";
import { fillRows, taxLots } from "./tax-lots.ts";

/**
 * Every fill as CSV, for an accountant: money in the quote currency, `rate` turns it into base currency. Slippage is part of
 * the price already.
 */
export function fillsCsv(input: ReportInput): string {
  const header = [
    "time",
    "symbol",
    "side",
    "quantity",
    "price",
    "value",
    "fee",
    "slippage",
    "liquidity",
    "currency",
    "rate",
    "base_currency",
  ];
  const rows = fillRows(input).map(({ timeMs, instrument, quantity, price, ...fill }) => {
    const { symbol, contractMultiplier, quoteCurrency } = input.instruments[instrument]!;
    const size = Math.abs(quantity);
    return [
      isoText(timeMs),
      symbol,
      quantity > 0 ? "buy" : "sell",
      size,
      price,
      size * price * contractMultiplier,
      fill.fee,
      fill.slippage,
      fill.liquidity,
      quoteCurrency,
      fill.rate,
      input.baseCurrency,
    ];
  });
  return csvText(header, rows);
}

/**
 * The lots of a run as CSV, first in first out, in the order of their closing: what each took and brought with its fees, and
 * what it earned, in base currency. What is still held has no closing. Funding, borrow fees and dividends are not in it.
 */
export function lotsCsv(input: ReportInput): string {
  const header = [
    "symbol",
    "side",
    "quantity",
    "opened_time",
    "closed_time",
    "days_held",
    "opened_value",
    "closed_value",
    "realised_gain",
    "base_currency",
  ];
  const { closed, open } = taxLots(input);
  const symbolOf = (instrument: number): string => input.instruments[instrument]!.symbol;
  return csvText(header, [
    ...closed.map((lot) => [
      symbolOf(lot.instrument),
      lot.side,
      lot.quantity,
      isoText(lot.openedMs),
      isoText(lot.closedMs),
      Math.floor((lot.closedMs - lot.openedMs) / dayMs),
      lot.opened,
      lot.closed,
      lot.gain,
      input.baseCurrency,
    ]),
    ...open.map((lot) => [
      symbolOf(lot.instrument),
      lot.side,
      lot.quantity,
      isoText(lot.openedMs),
      null,
      null,
      lot.opened,
      null,
      null,
      input.baseCurrency,
    ]),
  ]);
}
