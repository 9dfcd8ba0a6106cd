import type { LocalZone } from "./times/local-zone.ts";

/** Order of day, month and year in a date of digits. */
export type DateOrder = "dmy" | "mdy" | "ymd";

/** How a file writes its fields. */
export type TextFormat = {
  readonly delimiter: string;
  readonly decimal: "." | ",";
  readonly dateOrder: DateOrder | null;
  /** Whether stamps of 8, 12 and 14 digits are dates (`20240131`, `20240131093000`) and not an epoch. */
  readonly isCompact: boolean;
};

/** A place in a buffer of text, and how that text writes its numbers. Every line ends with a line feed. */
export class ByteReader {
  bytes: Uint8Array = new Uint8Array(0);
  position = 0;
  readonly delimiter: number;
  readonly decimal: number;
  /** How dates that do not begin with a four-digit year are meant; null where the file has none. */
  readonly dateOrder: DateOrder | null;
  readonly isCompact: boolean;
  /** Set by `readTime`: the stamp carries its own offset (an epoch does), so no time zone applies. */
  zoned = false;
  /** Set by `readTime`: the stamp is a date without a time of day. */
  dateOnly = false;
  /** Set by `readTime` and `readClock`: the time of day is 24:00, which only the end of something can be. */
  endOfDay = false;
  /** Zones that stamps name (`09:30:00 US/Eastern`), by that name; null for a word that is no zone. */
  readonly namedZones = new Map<string, LocalZone | null>();

  constructor(format: TextFormat) {
    this.delimiter = format.delimiter.charCodeAt(0);
    this.decimal = format.decimal.charCodeAt(0);
    this.dateOrder = format.dateOrder;
    this.isCompact = format.isCompact;
  }

  /** Points the reader at text of its own, for one field at a time. */
  readText(text: string): this {
    this.bytes = Buffer.from(`${text}\n`);
    this.position = 0;
    return this;
  }

  /** Whether only the end of the line follows. */
  get atEnd(): boolean {
    const byte = this.bytes[this.position];
    return byte === 10 || (byte === 13 && this.bytes[this.position + 1] === 10);
  }
}
