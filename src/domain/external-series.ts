import { field, type Expr } from "./expression.ts";

/** What a run can know besides prices. A series of it is a table of `Bars` that nobody can trade. */
type ExternalKind = "news";
const kinds: readonly ExternalKind[] = ["news"];

/** The name that an external series has where bars have their symbol: `news:AAPL`. */
export function externalName(kind: ExternalKind, symbol: string): string {
  return `${kind}:${symbol}`;
}

/** Whether a name is that of an external series. */
export function isExternal(name: string): boolean {
  return kinds.some((kind) => name.startsWith(`${kind}:`));
}

/** The name with the symbol filled in where it means the symbol of whoever reads it: `news:` is `news:AAPL` on AAPL. */
export function withOwnSymbol(name: string, symbol: string): string {
  return isExternal(name) && name.endsWith(":") ? `${name}${symbol}` : name;
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
