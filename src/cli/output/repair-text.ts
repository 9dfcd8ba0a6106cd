import type { Repaired } from "../../app/data/repair-held.ts";
import { isUnbounded } from "../../app/data/known-missing.ts";
import { formatTime } from "../../base/time.ts";
import type { TimeRange } from "../../ports/fetched-ranges.ts";
import type { RepairedRange } from "../../data/repair/repair-report.ts";

/** Ranges beyond this many are counted. */
const rangesMax = 20;

/** What a repair did, for people: files first, then each range of bars. */
export function repairText(name: string, repaired: Repaired): string {
  const { files, bars, givenUp } = repaired;
  const lines = [`${name}: ${files.bars} bars in whole files`];
  for (const { name: file, why, fromMs, toMs } of files.lost) {
    const span =
      fromMs === null || toMs === null ? "" : `, closes ${formatTime(fromMs)} .. ${formatTime(toMs)}`;
    lines.push(`  set aside  ${file}: ${why}${span}`);
  }
  if (!files.isVerified) lines.push("  the list of files was lost: their checksums could not be compared");
  lines.push(...rangesLines(bars), ...missingLines(repaired));
  lines.push(...givenUp.map((range) => `  given up   ${spanText(range)}`));
  return lines.join("\n");
}

function rangesLines(bars: Repaired["bars"]): readonly string[] {
  if (bars === null) return [];
  const { ranges, failures } = bars;
  if (ranges.length === 0) return ["  PASS       nothing is missing or impossible"];
  const unasked = [...new Set(failures.map(({ provider }) => provider))].join(", ");
  const nobody = unasked === "" ? "nobody has it" : `${unasked} could not be asked`;
  const lines = ranges.slice(0, rangesMax).map((range) => rangeLine(range, nobody));
  if (ranges.length > rangesMax)
    lines.push(`  and ${ranges.length - rangesMax} more ranges (--json lists all)`);
  const left = ranges.reduce((sum, { remaining }) => sum + remaining, 0);
  const why = unasked === "" ? "nobody has them" : `${unasked} could not be asked; run it again later`;
  lines.push(`  ${left === 0 ? "everything is repaired" : `${left} bars remain as they were: ${why}`}`);
  return lines;
}

/** What is noted as missing and stays so. */
function missingLines({ bars, missing }: Repaired): readonly string[] {
  if (missing.length === 0) return [];
  const fix =
    bars === null || bars.failures.length > 0
      ? []
      : [
          "  nobody who was asked reaches back so far: name another source, or give them up with --accept-loss",
        ];
  return [...missing.map((range) => `  missing    ${spanText(range)}`), ...fix];
}

function spanText(range: TimeRange): string {
  if (isUnbounded(range)) return "bars were lost, and nobody knows which";
  return `${formatTime(range.fromMs)} .. ${formatTime(range.toMs - 1)}`;
}

function rangeLine(
  { fault, fromMs, toMs, bars, repairedBy, confirmedBy, remaining }: RepairedRange,
  nobody: string,
): string {
  const by = repairedBy.map(({ provider, bars: sent }) => `${sent} from ${provider}`);
  const said = confirmedBy === null ? by : [...by, `confirmed by ${confirmedBy}`];
  const outcome = said.length === 0 ? nobody : said.join(", ");
  const rest = remaining > 0 && said.length > 0 ? `; ${remaining} remain` : "";
  return `  ${fault.padEnd(9)}  ${formatTime(fromMs)} .. ${formatTime(toMs - 1)}  ${bars} bars: ${outcome}${rest}`;
}
