import type { Bars } from "../../../domain/bars.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import type { QuoteSide } from "./quotes/quoted-columns.ts";

/** How to read a file where it does not say so itself. Everything but `nowMs` has a default. */
export type CsvOptions = {
  /**
   * Whether the stamps name the open or the close of a bar; default open, unless the file shows otherwise.
   * A date without a time of day that is said to be a close means the end of that day: never its beginning.
   */
  readonly stamp?: "open" | "close" | undefined;
  /** IANA name (or an offset like `+02:00`) for stamps that carry no offset; default UTC. */
  readonly timeZone?: string | undefined;
  readonly symbol?: string | undefined;
  readonly timeframe?: Timeframe | undefined;
  readonly delimiter?: string | undefined;
  /** Order of day, month and year where digits leave it open: `dmy`, `dd/mm/yyyy`, `mdy`, `ymd` ... */
  readonly dateFormat?: string | undefined;
  /** Calendar of the market; told from the rows by default. Bars end with its sessions. */
  readonly calendarName?: string | undefined;
  /** One of several files that are joined: a row may be all of it, and closes stay as the stamps say. */
  readonly isPart?: boolean | undefined;
  /** Which price is read where the file has bid and ask; default both, as the middle with the ask beside it. */
  readonly side?: QuoteSide | undefined;
  /** Scales the prices by `Adj Close / Close`; default false: the column is ignored. */
  readonly adjusted?: boolean | undefined;
  /** Keeps bars that close at or after this time. */
  readonly fromMs?: number | undefined;
  /** Keeps bars that close before this time. */
  readonly toMs?: number | undefined;
  /** The caller's present: a bar that closes later is not closed yet and is quarantined. */
  readonly nowMs: number;
};

/** Why a row was not used as it stands. */
export type QuarantineKind =
  | "columns"
  | "truncated"
  | "time"
  | "number"
  | "nan"
  | "infinite"
  | "nonPositive"
  | "ohlc"
  | "negativeVolume"
  | "future"
  | "duplicate"
  | "identical"
  | "disorder";

/** One row of a kind, as it stands in the file. */
export type QuarantineExample = {
  /** Line in the file, the first is 1. */
  readonly line: number;
  readonly text: string;
  readonly reason: string;
};

/** All rows of one kind: how many, what became of them, and up to five of them. */
export type QuarantineEntry = {
  readonly kind: QuarantineKind;
  /** `quarantined`: not used; `dropped`: a second copy of a row that is used; `kept`: used, moved to its place. */
  readonly fate: "quarantined" | "dropped" | "kept";
  readonly count: number;
  readonly examples: readonly QuarantineExample[];
};

/** Everything that was not used as it stands. */
export type Quarantine = {
  /** Rows that were refused, of all kinds together. */
  readonly quarantined: number;
  readonly entries: readonly QuarantineEntry[];
};

/** What a bar is made of. */
export const csvFields = ["time", "open", "high", "low", "close", "volume"] as const;
/** What a column can feed; `date` and `clock` together are a time. */
export type CsvField = (typeof csvFields)[number] | "date" | "clock" | "adjusted close" | "symbol";

/** What the reader took the file for, so that a person can see a wrong guess. */
export type CsvDetected = {
  /** Column name in the file (or `column 3` without a header) to the field it feeds. */
  readonly columns: Readonly<Record<string, CsvField>>;
  readonly delimiter: string;
  readonly decimal: "." | ",";
  /** For example `epoch ms`, `yyyy-mm-dd hh:mm`, `dd/mm/yyyy`. */
  readonly dateFormat: string;
  /** The zone naked stamps were read in, or `offset in each stamp`. */
  readonly timeZone: string;
  readonly stamp: "open" | "close";
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly timeframeSource: "file name" | "data" | "option";
  readonly hasHeader: boolean;
  /** What a person should know about how the file was read, one sentence each. */
  readonly notes: readonly string[];
};

/** Bars, how their file was understood, and what was left out. */
export type CsvReading = {
  readonly bars: Bars;
  /** Where the file has bid and ask: the bars of the ask, row for row beside `bars`, which are the middle. */
  readonly ask?: Bars | undefined;
  readonly detected: CsvDetected;
  readonly quarantine: Quarantine;
  /** Data rows in the file, good and bad, without header and blank lines. */
  readonly rowsRead: number;
};
