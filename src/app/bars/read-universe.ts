import { KiwiError } from "../../base/errors.ts";
import type { AnnouncedEnd, AnnouncedEnds, Membership, Stay } from "../../domain/membership.ts";
import { badField, dayOf, knownMsIn, readColumns, type NamedRow } from "./read-columns.ts";

const topic = "portfolios";

/**
 * Reads which symbols belonged to a universe, and when: a CSV file `symbol,from,to`, one line a stay. `from` is the
 * first day of it, `to` the first day after it; an empty `from` is from ever, an empty `to` still. Throws
 * `COLUMNS_MISSING`, `FIELD_INVALID`, `UNIVERSE_EMPTY` and what opening a file throws.
 */
export async function readUniverse(path: string): Promise<Membership> {
  const rows = await readColumns(path, { required: ["symbol", "from", "to"], topic });
  const membership = new Map<string, Stay[]>();
  for (const row of rows) {
    const symbol = row.fields["symbol"]!;
    if (symbol === "") throw badField(path, row, "symbol", "a symbol", topic);
    const stay: Stay = {
      fromDay: dayIn(path, row, "from", -Infinity),
      toDay: dayIn(path, row, "to", Infinity),
    };
    if (stay.toDay <= stay.fromDay) throw badField(path, row, "to", "a day after from", topic);
    membership.set(symbol, [...(membership.get(symbol) ?? []), stay]);
  }
  if (membership.size === 0) throw emptyUniverse(path);
  return membership;
}

function dayIn(path: string, row: NamedRow, column: string, ifEmpty: number): number {
  const text = row.fields[column]!;
  const day = text === "" ? ifEmpty : dayOf(text);
  if (Number.isNaN(day)) throw badField(path, row, column, "a day like 2015-03-23, or nothing", topic);
  return day;
}

function emptyUniverse(path: string): KiwiError {
  return new KiwiError({
    code: "UNIVERSE_EMPTY",
    exit: "data",
    message: `${path} names no member`,
    why: "there is no line below the header",
    fix: "add lines like AAPL,2012-01-01,   (an empty last field: still a member)",
    topic,
  });
}

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
