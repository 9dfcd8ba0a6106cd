import type { Repaired } from "../../app/data/repair-held.ts";
import { formatTime } from "../../base/time.ts";
import type { RepairedRange } from "../../data/repair/repair-report.ts";

/** Ranges beyond this many are counted. */
const rangesMax = 20;

/** What a repair did, for people: files first, then each range of bars. */
export function repairText(name: string, { files, bars }: Repaired): string {
  const lines = [`${name}: ${files.bars} bars in whole files`];
  for (const { name: file, why, fromMs, toMs } of files.lost) {
    const span =
      fromMs === null || toMs === null ? "" : `, closes ${formatTime(fromMs)} .. ${formatTime(toMs)}`;
    lines.push(`  set aside  ${file}: ${why}${span}`);
  }
  if (!files.isVerified) lines.push("  the list of files was lost: their checksums could not be compared");
  if (bars === null) return lines.join("\n");
  const { ranges } = bars;
  if (ranges.length === 0) lines.push("  PASS       nothing is missing or impossible");
  lines.push(...ranges.slice(0, rangesMax).map(rangeLine));
  if (ranges.length > rangesMax)
    lines.push(`  and ${ranges.length - rangesMax} more ranges (--json lists all)`);
  const left = ranges.reduce((sum, { remaining }) => sum + remaining, 0);
  if (ranges.length > 0)
    lines.push(
      `  ${left === 0 ? "everything is repaired" : `${left} bars remain as they were: nobody has them`}`,
    );
  return lines.join("\n");
}

function rangeLine({ fault, fromMs, toMs, bars, repairedBy, confirmedBy, remaining }: RepairedRange): string {
  const by = repairedBy.map(({ provider, bars: sent }) => `${sent} from ${provider}`);
  const said = confirmedBy === null ? by : [...by, `confirmed by ${confirmedBy}`];
  const outcome = said.length === 0 ? "nobody has it" : said.join(", ");
  const rest = remaining > 0 && said.length > 0 ? `; ${remaining} remain` : "";
  return `  ${fault.padEnd(9)}  ${formatTime(fromMs)} .. ${formatTime(toMs - 1)}  ${bars} bars: ${outcome}${rest}`;
}
