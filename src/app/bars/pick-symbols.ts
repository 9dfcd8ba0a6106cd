import { KiwiError } from "../../base/errors.ts";
import { nearest } from "../../base/nearest.ts";

/** A symbol without what people write between its parts: `BTC/USDT`, `btc-usdt` and `BTCUSDT` are one. */
export function plainSymbol(symbol: string): string {
  return symbol.replaceAll(/[/_:\s-]/g, "").toUpperCase();
}

/** Keeps the items whose symbol was asked for; all of them when nothing was. Throws `SYMBOL_UNKNOWN`. */
export function pickSymbols<Item extends { readonly symbol: string }>(
  items: readonly Item[],
  wanted: readonly string[],
  where: string,
): readonly Item[] {
  if (wanted.length === 0) return items;
  const known = [...new Set(items.map((item) => item.symbol))];
  for (const symbol of wanted) {
    if (!known.some((other) => plainSymbol(other) === plainSymbol(symbol)))
      throw unknownSymbol(symbol, known, where);
  }
  const plain = new Set(wanted.map(plainSymbol));
  return items.filter((item) => plain.has(plainSymbol(item.symbol)));
}

function unknownSymbol(symbol: string, known: readonly string[], where: string): KiwiError {
  const listed =
    known.length > 12 ? `${known.slice(0, 12).join(", ")} ... (${known.length})` : known.join(", ");
  return new KiwiError({
    code: "SYMBOL_UNKNOWN",
    exit: "data",
    message: `${where} has no symbol ${symbol}`,
    why: known.length === 0 ? "there is none at all" : `it has ${listed}`,
    fix: wayOut(symbol, known),
    topic: "data",
  });
}

function wayOut(symbol: string, known: readonly string[]): string {
  // Elsewhere -p is short for a parameter.
  if (symbol.includes("=")) return `a parameter of the strategy is --param ${symbol}; -p names symbols`;
  if (known.length === 0) return "check --data";
  const near = nearest(symbol, known);
  const meant = near === null ? "" : `did you mean -p ${near}? else `;
  return `${meant}get its bars: kiwi data download ${symbol} -t 1h --source NAME`;
}
