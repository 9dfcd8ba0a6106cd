import { KiwiError } from "../../base/errors.ts";
import { barFields, sliceBars, type Bars } from "../../domain/bars.ts";
import { barCalendar } from "../../domain/calendar/detect-calendar-name.ts";
import type { LoadedBars } from "../bars/load-bars.ts";
import { rowsBefore } from "../config/session-rows.ts";
import type { KiwiConfig } from "../config/config-schema.ts";

/** Tables of bars that a program hands in, as if they had been loaded. Throws `BARS_INVALID` and `SYMBOL_TWICE`. */
export function loadedTables(
  tables: readonly Bars[],
  { to, instruments }: KiwiConfig,
  isSynthetic: boolean,
): LoadedBars {
  const sources = tables.map((bars) => {
    const fault = faultOf(bars);
    if (fault !== null) throw invalidBars(bars.symbol, fault);
    const named = instruments[bars.symbol]?.calendar ?? instruments["*"]?.calendar;
    const rows = rowsBefore(to, bars, () => barCalendar(bars, named));
    return {
      path: `(table ${bars.symbol})`,
      sha256: null,
      bars: sliceBars(bars, 0, rows),
      detected: null,
      quarantine: null,
      rowsRead: bars.length,
    };
  });
  const symbols = tables.map(({ symbol }) => symbol);
  const doubled = symbols.find((symbol, k) => symbols.indexOf(symbol) !== k);
  if (doubled !== undefined) throw invalidBars(doubled, "there are two tables of that symbol");
  return {
    sources: sources.toSorted((a, b) => (a.bars.symbol < b.bars.symbol ? -1 : 1)),
    dataKind: isSynthetic ? "synthetic" : "real",
    warnings: [],
  };
}

/** What keeps a table from being bars; null when nothing does. What merely looks odd is told by the data check. */
function faultOf(bars: Bars): string | null {
  const { closeTimeMs, length } = bars;
  if (length < 2) return "it has fewer than two bars";
  for (const field of ["closeTimeMs", ...barFields] as const)
    if (bars[field].length < length) return `the column ${field} is shorter than the table`;
  for (let row = 0; row < length; row++) {
    if (!(closeTimeMs[row]! > (row === 0 ? -Infinity : closeTimeMs[row - 1]!)))
      return `row ${row} does not close after the row before it`;
    const [open, high, low, close] = [bars.open[row]!, bars.high[row]!, bars.low[row]!, bars.close[row]!];
    const isBar = low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close) && high < Infinity;
    if (!isBar) return `row ${row} is no bar: open ${open}, high ${high}, low ${low}, close ${close}`;
    if (!(bars.volume[row]! >= 0)) return `row ${row} has a volume of ${bars.volume[row]!}`;
  }
  return null;
}

function invalidBars(symbol: string, why: string): KiwiError {
  return new KiwiError({
    code: "BARS_INVALID",
    exit: "data",
    message: `the table ${symbol} cannot be traded on`,
    why,
    fix: "hand in closed bars, oldest first: barsOf(symbol, timeframe, { closeTimeMs, open, high, low, close, volume })",
    topic: "data",
  });
}
