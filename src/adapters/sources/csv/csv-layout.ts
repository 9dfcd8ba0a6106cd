import type { TextFormat } from "./byte-reader.ts";
import type { CsvField } from "./csv-reading.ts";

/** Columns of numbers, in the order of their roles: 0 is open, 4 is volume, 5 the adjusted close. */
export const numberNames = ["open", "high", "low", "close", "volume", "adjusted close"] as const;

/** What a column holds that is not a number. */
export const role = { time: 6, date: 7, clock: 8, symbol: 9, ignored: 10 } as const;

/** How the text of a file is laid out. */
export type CsvLayout = TextFormat & {
  /** What the stamps look like, for people. */
  readonly dateFormat: string;
  /** Names of the columns, null without a header. */
  readonly header: readonly string[] | null;
  /** Lines before the first data row. */
  readonly linesBefore: number;
  /** Role of each column: a position in `numberNames` or one of `role`; as long as a row has fields. */
  readonly roles: readonly number[];
  readonly columns: Readonly<Record<string, CsvField>>;
  /** Prices are whole numbers that are to be divided by this; 1 for nearly all files. */
  readonly priceDivisor: number;
  /** Most volumes are -1, which means that there is none. */
  readonly isVolumeMinusOne: boolean;
  /** All prices have a comma before their last three digits, and nothing tells what it means. */
  readonly areThousandsDoubtful: boolean;
  /** The symbol that stands above the rows, null where none does. */
  readonly symbol: string | null;
  /** The only time in the file is the end of each bar. */
  readonly isCloseStamped: boolean;
  readonly unusedColumns: readonly string[];
  /** The rows hold a bid and an ask, and the columns of one of them are read. */
  readonly isQuoted: boolean;
};
