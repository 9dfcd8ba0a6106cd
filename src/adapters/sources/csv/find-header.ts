import { csvError } from "./csv-errors.ts";
import { namesPrices, plainName, timeNames } from "./header-names.ts";
import { splitFields } from "./split-fields.ts";

/** The names of the columns, and what else is said of them. */
export type Header = {
  readonly names: readonly string[];
  /** The symbol of all columns, as yfinance writes it under their names; null where none stands there. */
  readonly symbol: string | null;
  /** Line behind the header: the first is 0. */
  readonly end: number;
};

/** Separators, in the order in which they are tried. */
export const delimiters = ["\t", ";", "|", ",", " "] as const;
/** Whoever puts a page of text above the table has no table. */
const linesSearched = 60;
/** Names of the line that says which symbol a column is of. */
const tickerNames: ReadonlySet<string> = new Set(["ticker", "tickers", "symbol", "symbols"]);

/**
 * The line that names the columns, where lines about the data stand above it (Bloomberg, CryptoDataDownload, notes of
 * a person); -1 where no line names four prices.
 */
export function findHeaderLine(lines: readonly string[]): number {
  return lines
    .slice(0, linesSearched)
    .findIndex((line) => delimiters.some((delimiter) => namesPrices(splitFields(line, delimiter))));
}

/**
 * Reads the header that begins at `start`. pandas writes one of several lines where columns have several names, as
 * `yfinance.download` makes them: the field, below or above it the ticker, and the name of the first column at last.
 * Throws `CSV_MANY_SYMBOLS` when the columns are of several tickers.
 */
export function readHeader(path: string, lines: readonly string[], start: number, delimiter: string): Header {
  const fieldsOf = (line: number): readonly string[] => splitFields(lines[line] ?? "", delimiter);
  const names = [...fieldsOf(start)];
  let tickers = isTickerLine(fieldsOf(start - 1), names.length) ? fieldsOf(start - 1) : null;
  let end = start + 1;
  if (isTickerLine(fieldsOf(end), names.length)) {
    tickers = fieldsOf(end);
    end += 1;
  }
  const first = fieldsOf(end);
  const isIndexName = first.length > 1 && first.slice(1).every((field) => field === "");
  if (isIndexName && (tickers !== null || timeNames.includes(plainName(first[0]!)))) {
    names[0] = first[0]!;
    end += 1;
  }
  return { names, symbol: tickers === null ? null : onlyTicker(path, tickers), end };
}

function isTickerLine(fields: readonly string[], width: number): boolean {
  return (
    fields.length === width && width > 4 && tickerNames.has(plainName(fields[0]!)) && !namesPrices(fields)
  );
}

function onlyTicker(path: string, fields: readonly string[]): string {
  const tickers = [...new Set(fields.slice(1).filter((field) => field !== ""))];
  if (tickers.length === 1) return tickers[0]!;
  throw csvError({
    code: "CSV_MANY_SYMBOLS",
    message: `${path} has columns of ${tickers.length} symbols side by side: ${tickers.slice(0, 5).join(", ")}`,
    why: "bars of several instruments in one series would trade as one",
    fix: `write one file per symbol, in Python: for t in tickers: yf.download(t).to_csv(f"{t}.csv")`,
  });
}
