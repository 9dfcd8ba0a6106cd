import { field, type Expr } from "./expression.ts";

/** What a run can know besides prices. A series of it is a table of `Bars` that nobody can trade. */
type ExternalKind = "news" | "series";
const kinds: readonly ExternalKind[] = ["news", "series"];

/** The name that an external series has where bars have their symbol: `news:AAPL`. */
export function externalName(kind: ExternalKind, symbol: string): string {
  return `${kind}:${symbol}`;
}

/** Whether a name is that of an external series. */
export function isExternal(name: string): boolean {
  return kinds.some((kind) => name.startsWith(`${kind}:`));
}

/** Whether a name is that of news. */
export function isNews(name: string): boolean {
  return name.startsWith("news:");
}

/** The name with the symbol filled in where it means the symbol of whoever reads it: `news:` is `news:AAPL` on AAPL. */
export function withOwnSymbol(name: string, symbol: string): string {
  return isExternal(name) && name.endsWith(":") ? `${name}${symbol}` : name;
}

/**
 * A series of your own, by the name that it is given on the command line: `--series VIX=vix.csv`. For `setup`:
 * `({ bars }) => ({ fear: externalSeries("VIX"), close: bars.close })`. A strategy sees the last value that was
 * published. A run without it stops with `SERIES_MISSING`.
 */
export function externalSeries(name: string): Expr {
  return field("close", `${externalName("series", name)}@`);
}

/** What the news say, row by row of a regular grid. A row holds what was known when it closed, and nothing later. */
export type NewsSeries = {
  /** Decayed mean of the scores of all articles so far, -1 to 1; near 0 also when there is no news. */
  readonly sentiment: Expr;
  /** Articles that became known within the row. */
  readonly count: Expr;
  /** Scores of those articles: the first, the highest, the lowest. NaN in a row without any. */
  readonly first: Expr;
  readonly highest: Expr;
  readonly lowest: Expr;
  /** When each row closed, UTC milliseconds. */
  readonly time: Expr;
};

/**
 * The news of a symbol as series, by default of the symbol that the strategy decides on. For `setup`:
 * `({ bars }) => ({ mood: news().sentiment, close: bars.close })`. A strategy sees the last row that has closed.
 * A run that has no news of the symbol stops with `NEWS_MISSING`.
 */
export function news(symbol = ""): NewsSeries {
  const frame = `${externalName("news", symbol)}@`;
  return {
    sentiment: field("close", frame),
    count: field("volume", frame),
    first: field("open", frame),
    highest: field("high", frame),
    lowest: field("low", frame),
    time: field("closeTimeMs", frame),
  };
}
