import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { actionsBySymbol, type CorporateAction } from "../../domain/corporate-action.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import { AdjustedFrame, type PriceScale } from "../../engine/columns/adjusted-frame.ts";
import { ChainedFrame, ResampledFrame, type Frame } from "../../engine/columns/frame.ts";

/** The bars that one instrument is decided on, and what their prices are in traded ones. */
export type DecisionFrame = { readonly frame: Frame; readonly scale: PriceScale | null };

/** The decision bars of a run where they are not its base bars: longer, adjusted, or both; null where they are. */
export function decisionFrames(
  bars: readonly Bars[],
  calendars: readonly Calendar[],
  timeframe: Timeframe | null,
  actions: readonly CorporateAction[],
): readonly DecisionFrame[] | null {
  if (actions.length === 0) {
    return timeframe === null
      ? null
      : bars.map((table, index) => ({
          frame: new ResampledFrame(table, timeframe, calendars[index]!),
          scale: null,
        }));
  }
  const bySymbol = actionsBySymbol(actions);
  return bars.map((table, index): DecisionFrame => {
    const calendar = calendars[index]!;
    const adjusted = new AdjustedFrame(table, bySymbol.get(table.symbol) ?? [], calendar);
    if (timeframe === null) return { frame: adjusted, scale: adjusted };
    const longer = new ResampledFrame(adjusted.bars, timeframe, calendar);
    return { frame: new ChainedFrame(table, adjusted, longer), scale: adjusted };
  });
}
