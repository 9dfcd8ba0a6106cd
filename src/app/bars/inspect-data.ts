import type { BarReport } from "../../data/validation/bar-report.ts";
import { validateBars } from "../../data/validation/validate-bars.ts";
import { barCalendar } from "../../domain/calendar/detect-calendar-name.ts";
import { runConfigOf, type KiwiConfig } from "../config/config-schema.ts";
import type { BarsRequest } from "./bars-request.ts";
import { loadBars, type BarSource } from "./load-bars.ts";
import { instrumentConfig } from "../config/run-config.ts";

/** A source of bars, how it was read, and what validation says about it. */
export type InspectedSource = { readonly source: BarSource; readonly report: BarReport };

/** Loads data and looks them over. */
export async function inspectData(
  request: BarsRequest,
  config: KiwiConfig,
): Promise<readonly InspectedSource[]> {
  const { sources } = await loadBars(request);
  return sources.map((source) => {
    const named = instrumentConfig(runConfigOf(config), source.bars.symbol).calendar;
    return {
      source,
      report: validateBars(source.bars, barCalendar(source.bars, named)),
    };
  });
}
