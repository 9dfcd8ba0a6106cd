import type { Finding, FindingKind, Severity } from "../../data/validation/bar-report.ts";
import { countOf } from "../../data/validation/finding-list.ts";
import { table } from "./table.ts";

/** One thing that was looked over, and the text about it. */
export type LookedOver = {
  readonly name: string;
  readonly bars: number;
  readonly findings: readonly Finding[];
  /** Rows of a file that cannot be bars. */
  readonly notUsed: number;
  readonly isDamaged: boolean;
  readonly text: string;
};

/** Of more than this many only those are shown that have something to look at. */
const allShownMax = 12;
const namesMax = 16;

const words: Readonly<Record<FindingKind, string>> = {
  notFinite: "bars with a value that is no number",
  nonPositive: "bars with a price of zero or below",
  ohlc: "bars with prices outside of low to high",
  negativeVolume: "bars with a negative volume",
  disorder: "bars out of order",
  duplicate: "bars that come twice",
  gap: "gaps",
  lost: "bars known to be missing",
  closedMarket: "bars while the market is closed",
  zeroVolume: "bars without volume",
  flat: "bars with a single price",
  outlier: "bad ticks",
  jump: "jumps (splits that are not adjusted for?)",
  flash: "flash moves",
  spike: "highs and lows far beyond the closes around",
};

/** The texts about a few things, or of many the texts about those that need a look. */
export function lookedOverTexts(all: readonly LookedOver[]): readonly string[] {
  const shown = all.length <= allShownMax ? all : all.filter(isNoticeable);
  return shown.map(({ text }) => text);
}

function isNoticeable({ findings, notUsed, isDamaged }: LookedOver): boolean {
  return isDamaged || notUsed > 0 || findings.some(({ severity }) => severity !== "info");
}

/** All of it in short: how many are clean, and each kind of finding with how often and where; nothing about one alone. */
export function summaryTexts(all: readonly LookedOver[]): readonly string[] {
  if (all.length < 2) return [];
  const noticeable = all.filter(isNoticeable).length;
  const clean = all.length - noticeable;
  const bars = all.reduce((sum, one) => sum + one.bars, 0);
  const rows = [
    ...rowsOf("error", all),
    ...rowOf("error", "cannot be read", (one) => (one.isDamaged ? 1 : 0), all),
    ...rowOf("not used", "rows that no market can have made", ({ notUsed }) => notUsed, all),
    ...rowsOf("warning", all),
    ...rowsOf("info", all),
  ];
  const head = `${all.length} series, ${countOf(bars, "bar")}: ${clean} clean, ${noticeable} to look at`;
  if (rows.length === 0) return [head];
  const columns = [
    { title: "" },
    { title: "count", align: "right" },
    { title: "series", align: "right" },
    { title: "what" },
  ] as const;
  return [`${head}\n${table(columns, rows)}`];
}

/** A row for each kind of finding of one severity. */
function rowsOf(severity: Severity, all: readonly LookedOver[]): readonly (readonly string[])[] {
  return (Object.keys(words) as FindingKind[]).flatMap((kind) =>
    rowOf(
      severity,
      words[kind],
      ({ findings }) =>
        findings.find((finding) => finding.kind === kind && finding.severity === severity)?.count ?? 0,
      all,
    ),
  );
}

/** How often something was found, in how many series and in which; nothing where it was not. */
function rowOf(
  label: string,
  what: string,
  countIn: (one: LookedOver) => number,
  all: readonly LookedOver[],
): readonly (readonly string[])[] {
  const found = all.filter((one) => countIn(one) > 0);
  if (found.length === 0) return [];
  const count = found.reduce((sum, one) => sum + countIn(one), 0);
  // Of what is harmless the numbers are enough.
  const where = label === "info" ? "" : `: ${namesText(found.map(({ name }) => name))}`;
  return [[`  ${label}`, String(count), String(found.length), what + where]];
}

/** The first few names, and how many there are besides. */
export function namesText(names: readonly string[]): string {
  const more = names.length > namesMax ? [`and ${names.length - namesMax} more`] : [];
  return [...names.slice(0, namesMax), ...more].join(", ");
}
