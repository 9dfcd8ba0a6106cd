import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { actionsBySymbol, type CorporateAction } from "../../domain/corporate-action.ts";
import { AdjustedFrame } from "../../engine/columns/adjusted-frame.ts";

/** Bars that are read and never traded, as strategies see them: adjusted for splits and dividends like all others. */
export class KnownBars {
  private readonly actions: ReadonlyMap<string, readonly CorporateAction[]>;
  private readonly adjusted = new Map<Bars, Bars>();

  constructor(actions: readonly CorporateAction[]) {
    this.actions = actionsBySymbol(actions);
  }

  /** The same bars for the same table, so that a series of them is folded once. */
  of(table: Bars, calendar: Calendar): Bars {
    const actions = this.actions.get(table.symbol);
    if (actions === undefined) return table;
    let bars = this.adjusted.get(table);
    if (bars === undefined) {
      bars = adjusted(table, actions, calendar);
      this.adjusted.set(table, bars);
    }
    return bars;
  }
}

/** Adjusted as it was known at each bar. Where the table grows, so do these. */
function adjusted(table: Bars, actions: readonly CorporateAction[], calendar: Calendar): Bars {
  const frame = new AdjustedFrame(table, actions, calendar);
  const grown = (): Bars => {
    frame.extend();
    return frame.bars;
  };
  return {
    symbol: table.symbol,
    timeframe: table.timeframe,
    get length() {
      return grown().length;
    },
    get closeTimeMs() {
      return grown().closeTimeMs;
    },
    get open() {
      return grown().open;
    },
    get high() {
      return grown().high;
    },
    get low() {
      return grown().low;
    },
    get close() {
      return grown().close;
    },
    get volume() {
      return grown().volume;
    },
  };
}
