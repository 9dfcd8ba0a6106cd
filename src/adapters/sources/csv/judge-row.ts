import { bareNumber } from "./bare-number.ts";
import { ByteReader } from "./byte-reader.ts";
import { numberNames, role, type CsvLayout } from "./csv-layout.ts";
import type { QuarantineKind } from "./csv-reading.ts";
import { readNumber } from "./read-number.ts";
import { readClock } from "./times/read-time.ts";
import { readTimeText } from "./times/read-time-text.ts";
import { splitFields } from "./split-fields.ts";

/** Why a row is refused. */
type Refusal = {
  readonly kind: QuarantineKind;
  readonly reason: string;
  /** The prices are below zero and fit each other: it is the market that went there, and not the row that is broken. */
  readonly isBelowZero?: boolean;
};

/** A stamp: UTC when `zoned`, else the reading of a wall clock; milliseconds. */
export type Stamp = {
  readonly timeMs: number;
  readonly zoned: boolean;
  readonly dateOnly: boolean;
  readonly endOfDay: boolean;
};

/** What stands in one row: a refusal, or its stamp, with the numbers left in the array given. */
type Judgement = { readonly refusal: Refusal } | { readonly stamp: Stamp; readonly symbol: string | null };

/** Prices of a source that rounds each column by itself may cross by this much, relative to the price. */
const roundingRelative = 1e-9;
const nan = /^([+-]?nan|null|none|n\/a|#n\/a|na)$/i;
/** What stands for a volume that the source does not have: nothing, or a dash or two. */
const dashes = /^-{0,3}$/;
const infinity = /^[+-]?inf(inity)?$/i;
/** In India the groups before the last one have two digits: 12,34,567. */
const withThousands = {
  ".": /^[+-]?\d{1,3}(,\d{2,3})*,\d{3}(\.\d+)?$/,
  ",": /^[+-]?\d{1,3}(\.\d{3})+(,\d+)?$/,
};
const magnitudes: Readonly<Record<string, number>> = { K: 1e3, M: 1e6, B: 1e9 };

/**
 * Reads one row the careful way: quotes, spaces, currency signs, thousands separators, names of months. It is the
 * only place that says why a row is bad; the fast way in `RowReader` accepts a part of what this one accepts.
 */
export class RowJudge {
  private readonly layout: CsvLayout;
  private readonly reader: ByteReader;

  constructor(layout: CsvLayout) {
    this.layout = layout;
    this.reader = new ByteReader(layout);
  }

  /** Whether a line is no row at all: the header again, where files were put together, a remark, or empty fields. */
  isNoRow(line: string): boolean {
    const { header, delimiter } = this.layout;
    if (line.startsWith("#")) return true;
    const fields = splitFields(line, delimiter);
    return fields.every((field, column) => field === "" || field === header?.[column]);
  }

  /**
   * Judges a line and writes its numbers to `values`, in the order of `numberNames`. A column that the file lacks
   * keeps what the caller put there: 0 for the volume, 1 for the adjusted close.
   */
  judge(line: string, values: Float64Array): Judgement {
    const { roles, delimiter } = this.layout;
    const fields = splitFields(line, delimiter);
    if (fields.length === roles.length + 1 && fields.at(-1) === "") fields.pop();
    if (fields.length !== roles.length) {
      return refuse("columns", `${fields.length} fields where ${roles.length} are expected`);
    }
    let symbol: string | null = null;
    for (let column = 0; column < fields.length; column++) {
      const field = fields[column]!;
      const kind = roles[column]!;
      if (kind === role.symbol) symbol = field;
      if (kind >= numberNames.length) continue;
      const refusal = this.readValue(field, kind, values);
      if (refusal !== null) return { refusal };
    }
    const stamp = this.readStamp(fields);
    if (stamp === null) return refuse("time", `"${this.timeText(fields)}" is not a time`);
    const refusal = refusalOfPrices(values);
    return refusal === null ? { stamp, symbol } : { refusal };
  }

  private readStamp(fields: readonly string[]): Stamp | null {
    const { roles } = this.layout;
    const { reader } = this;
    const dateColumn = roles.findIndex((kind) => kind === role.time || kind === role.date);
    const timeMs = readTimeText(reader, fields[dateColumn]!);
    const { zoned, dateOnly, endOfDay } = reader;
    const clockColumn = roles.indexOf(role.clock);
    if (clockColumn < 0) return Number.isNaN(timeMs) ? null : { timeMs, zoned, dateOnly, endOfDay };
    const clockMs = readClock(reader.readText(fields[clockColumn]!));
    if (!reader.atEnd || Number.isNaN(timeMs + clockMs)) return null;
    return { timeMs: timeMs + clockMs, zoned, dateOnly: false, endOfDay: reader.endOfDay };
  }

  private timeText(fields: readonly string[]): string {
    return fields.filter((_, column) => isTimeRole(this.layout.roles[column])).join(" ");
  }

  private readValue(field: string, kind: number, values: Float64Array): Refusal | null {
    const name = numberNames[kind]!;
    if (name === "volume" && (dashes.test(field) || nan.test(field))) {
      values[kind] = 0;
      return null;
    }
    if (field === "") return { kind: "nan", reason: `${name} is empty` };
    if (nan.test(field)) return { kind: "nan", reason: `${name} is ${field}` };
    if (infinity.test(field)) return { kind: "infinite", reason: `${name} is ${field}` };
    const value = this.readDecorated(field, name === "volume");
    if (Number.isNaN(value)) return { kind: "number", reason: `${name} "${field}" is not a number` };
    if (!Number.isFinite(value))
      return { kind: "infinite", reason: `${name} ${field} is beyond every number` };
    // Interactive Brokers writes -1 where it has no volume: for currencies, and for all that is not a trade.
    values[kind] = value === -1 && name === "volume" && this.layout.isVolumeMinusOne ? 0 : value;
    return null;
  }

  /** `$1,234.5` and, for volumes, `1.2M`. */
  private readDecorated(field: string, isVolume: boolean): number {
    const { decimal } = this.layout;
    let text = bareNumber(field);
    if (withThousands[decimal].test(text)) text = text.replaceAll(decimal === "." ? "," : ".", "");
    const magnitude = isVolume ? (magnitudes[text.slice(-1).toUpperCase()] ?? 1) : 1;
    const value = readNumber(this.reader.readText(magnitude === 1 ? text : text.slice(0, -1)));
    return this.reader.atEnd ? value * magnitude : Number.NaN;
  }
}

function isTimeRole(kind: number | undefined): boolean {
  return kind === role.time || kind === role.date || kind === role.clock;
}

function refuse(kind: QuarantineKind, reason: string): Judgement {
  return { refusal: { kind, reason } };
}

/** What is wrong with the prices and the volume of a row, or null. */
function refusalOfPrices(values: Float64Array): Refusal | null {
  const [open, high, low, close, volume] = values as unknown as [number, number, number, number, number];
  for (const kind of [0, 1, 2, 3, 5]) {
    if (values[kind]! > 0) continue;
    const reason = `${numberNames[kind]} ${values[kind]} is not above 0`;
    const doFit = low <= Math.min(open, close) && Math.max(open, close) <= high;
    return { kind: "nonPositive", reason, isBelowZero: low < 0 && doFit };
  }
  const slack = Math.abs(high) * roundingRelative;
  if (high < low - slack) return { kind: "ohlc", reason: `high ${high} is below low ${low}` };
  for (const [name, price] of [
    ["open", open],
    ["close", close],
  ] as const) {
    if (price > high + slack) return { kind: "ohlc", reason: `${name} ${price} is above high ${high}` };
    if (price < low - slack) return { kind: "ohlc", reason: `${name} ${price} is below low ${low}` };
  }
  return volume < 0 ? { kind: "negativeVolume", reason: `volume ${volume} is negative` } : null;
}
