import { KiwiError } from "../../base/errors.ts";
import { dayMs } from "../../base/time.ts";
import { BarTable } from "../../domain/bar-table.ts";
import type { Bars } from "../../domain/bars.ts";
import { externalName } from "../../domain/external-series.ts";
import { badField, dayOf, knownMsIn, readColumns, type NamedRow } from "./read-columns.ts";

const topic = "series";

/** A value, the day it is about, and when it became known. */
type Published = { readonly day: number; readonly knownMs: number; readonly value: number };

/**
 * Reads an external series from a CSV file `date,value,published`. A value is known from its publication on: a moment,
 * or a day, which is over at its midnight UTC. Without that column it is known `delayDays` days after the end of its
 * date; when nobody says how many, the file is refused, for a figure about March is not known in March. A later
 * publication about an earlier date does not replace the newer one. Throws `COLUMNS_MISSING`, `FIELD_INVALID`,
 * `SERIES_PUBLICATION_UNKNOWN`, `SERIES_EMPTY` and what opening a file throws.
 */
export async function readSeries(name: string, path: string, delayDays: number | undefined): Promise<Bars> {
  const rows = await readColumns(path, { required: ["date", "value"], optional: ["published"], topic });
  // FRED and others write a dot, or nothing, where a value is missing.
  const valued = rows.filter(({ fields }) => fields["value"] !== "" && fields["value"] !== ".");
  const published = valued.map((row) => publishedOf(path, row, delayDays));
  published.sort((a, b) => a.knownMs - b.knownMs || a.day - b.day);
  const table = new BarTable(externalName("series", name), "1d", Math.max(64, published.length));
  let newestDay = -Infinity;
  for (const [k, { day, knownMs, value }] of published.entries()) {
    if (day < newestDay) continue;
    newestDay = day;
    // Of what becomes known at one moment the newest date is the last in order.
    const isLast = published[k + 1]?.knownMs !== knownMs;
    if (isLast) table.append(knownMs, value, value, value, value, 0);
  }
  if (table.length === 0) throw emptySeries(path);
  return table;
}

function publishedOf(path: string, row: NamedRow, delayDays: number | undefined): Published {
  const { date, value, published } = row.fields as Record<"date" | "value" | "published", string>;
  const day = dayOf(date);
  if (Number.isNaN(day)) throw badField(path, row, "date", "a day like 2015-03-23", topic);
  const number = Number(value);
  if (!Number.isFinite(number)) throw badField(path, row, "value", "a number with a decimal point", topic);
  return { day, value: number, knownMs: knownMsOf(path, row, day, published, delayDays) };
}

function knownMsOf(
  path: string,
  row: NamedRow,
  day: number,
  published: string,
  delayDays: number | undefined,
): number {
  if (published === "") {
    if (delayDays === undefined) throw publicationUnknown(path, row);
    return (day + 1 + delayDays) * dayMs;
  }
  return knownMsIn(path, row, "published", topic);
}

function publicationUnknown(path: string, { line }: NamedRow): KiwiError {
  return new KiwiError({
    code: "SERIES_PUBLICATION_UNKNOWN",
    exit: "data",
    message: `${path} line ${line} does not say when its value became known`,
    why: "a date is what a value is about; used from that date on, most series would tell the future",
    fix: "add a column published, or say how many days after its date a value is out: --series-delay 1",
    topic,
  });
}

function emptySeries(path: string): KiwiError {
  return new KiwiError({
    code: "SERIES_EMPTY",
    exit: "data",
    message: `${path} holds no value`,
    why: "there is no line with a number below the header",
    fix: "write lines like 2015-03-31,1.4,2015-04-30",
    topic,
  });
}
