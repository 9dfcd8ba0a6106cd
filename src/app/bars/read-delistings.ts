import { KiwiError } from "../../base/errors.ts";
import type { AnnouncedEnd, AnnouncedEnds } from "../../domain/delisting.ts";
import { badField, dayOf, knownMsIn, readColumns } from "./read-columns.ts";

const topic = "portfolios";

/**
 * Reads when instruments ceased to trade: a CSV file `symbol,last_day,known_from`. `last_day` is the last session, `known_from` a
 * moment, or a day, which is over at its midnight UTC; nothing is concluded before. Throws `COLUMNS_MISSING`, `FIELD_INVALID`,
 * `DELISTINGS_EMPTY` and what opening a file throws.
 */
export async function readDelistings(path: string): Promise<AnnouncedEnds> {
  const rows = await readColumns(path, { required: ["symbol", "last_day", "known_from"], topic });
  const ends = new Map<string, AnnouncedEnd[]>();
  for (const row of rows) {
    const symbol = row.fields["symbol"]!;
    if (symbol === "") throw badField(path, row, "symbol", "a symbol", topic);
    const lastDay = dayOf(row.fields["last_day"]!);
    if (Number.isNaN(lastDay)) throw badField(path, row, "last_day", "a day like 2015-03-23", topic);
    const end = { lastDay, knownFromMs: knownMsIn(path, row, "known_from", topic) };
    ends.set(symbol, [...(ends.get(symbol) ?? []), end]);
  }
  if (ends.size === 0) throw noDelistings(path);
  return ends;
}

function noDelistings(path: string): KiwiError {
  return new KiwiError({
    code: "DELISTINGS_EMPTY",
    exit: "data",
    message: `${path} names no symbol`,
    why: "there is no line below the header",
    fix: "add lines like ENRN,2001-11-30,2001-11-29, or leave --delistings out",
    topic,
  });
}
