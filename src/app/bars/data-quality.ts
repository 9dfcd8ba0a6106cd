import type { ReportSource } from "../../analysis/report/report-input.ts";
import { findGaps } from "../../data/validation/find-gaps.ts";
import { validateBars } from "../../data/validation/validate-bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { checkCommand } from "../data/check-command.ts";
import type { BarSource } from "./load-bars.ts";

/** What validation says about the bars of a run. */
export type DataQuality = {
  readonly sources: readonly ReportSource[];
  readonly warnings: readonly string[];
  /** False where something is wrong that makes the numbers of a run worthless. */
  readonly isSound: boolean;
};

/** Warnings beyond this many are counted and not shown one by one. */
const warningsMax = 6;

/** Looks over the bars of every source before anything is concluded from them. */
export function dataQuality(sources: readonly BarSource[], calendars: readonly Calendar[]): DataQuality {
  const warnings: string[] = [];
  let isSound = true;
  const reported = sources.map((source, index): ReportSource => {
    const calendar = calendars[index]!;
    for (const { severity, message } of validateBars(source.bars, calendar, 1).findings) {
      if (severity === "error") isSound = false;
      if (severity !== "info") warnings.push(`${source.bars.symbol}: ${message}`);
    }
    return {
      name: nameOf(source),
      symbol: source.bars.symbol,
      rows: source.bars.length,
      quarantined: source.quarantine?.quarantined ?? 0,
      gaps: findGaps(source.bars, calendar).reduce((sum, gap) => sum + gap.missing, 0),
    };
  });
  const more = warnings.length - warningsMax;
  const shown =
    more > 0
      ? [...warnings.slice(0, warningsMax), `${more} more warnings about the data: ${checkCommand(sources)}`]
      : warnings;
  return { sources: reported, warnings: shown, isSound };
}

/** The path, and for stored bars whom they came from. */
function nameOf({ path, stored }: BarSource): string {
  if (stored === undefined) return path;
  const notes = [
    ...stored.sources.map(({ source, bars }) => (stored.sources.length === 1 ? source : `${source} ${bars}`)),
    ...(stored.revised > 0 ? [`${stored.revised} revised`] : []),
    ...(stored.filled > 0 ? [`${stored.filled} filled`] : []),
  ];
  return `${path} (${notes.join(", ")})`;
}
