/** Which of the two prices of a quote. */
export type QuoteSide = "bid" | "ask";

const parts = ["open", "high", "low", "close"] as const;
/** A stamp, then four prices and a size of each side: what LEAN writes. */
const widthByPosition = 11;
const askColumn = 6;

/**
 * The header as a reader of one side sees it: `bid_open`, `BidOpen`, `bid.o` and `Open Bid` are `open` for the side of the
 * bid, and columns of the other side have no name. Null where the header does not name the four prices of both sides.
 */
export function headerOfSide(header: readonly string[], side: QuoteSide): readonly string[] | null {
  const quoted = header.map(quotedName);
  const isWhole = (wanted: QuoteSide): boolean =>
    parts.every((part) => quoted.some((one) => one?.side === wanted && one.part === part));
  if (!isWhole("bid") || !isWhole("ask")) return null;
  return header.map((name, column) => {
    const one = quoted[column];
    if (one === null || one === undefined) return isPrice(name) ? "" : name;
    return one.side === side ? one.part : "";
  });
}

/** Whether rows without a header hold a stamp and then both sides, the ask never below the bid. */
export function areQuotesByPosition(rows: readonly (readonly string[])[], width: number): boolean {
  if (width !== widthByPosition) return false;
  return rows.every((row) =>
    parts.every((_, k) => {
      const [bid, ask] = [Number(row[1 + k]), Number(row[askColumn + k])];
      // A size that happens to stand where a price is expected is nowhere near it.
      return bid > 0 && ask >= bid && ask < 2 * bid;
    }),
  );
}

/** Column of the open of a side in rows without a header. */
export function firstColumn(side: QuoteSide): number {
  return side === "bid" ? 1 : askColumn;
}

function quotedName(name: string): { readonly side: QuoteSide; readonly part: string } | null {
  const plain = name.toLowerCase().replaceAll(/[^a-z]/g, "");
  const found = /^(bid|ask)(.+)$/.exec(plain) ?? /^(.+?)(bid|ask)$/.exec(plain);
  if (found === null) return null;
  const isFirst = found[1] === "bid" || found[1] === "ask";
  const [side, rest] = isFirst ? [found[1], found[2]!] : [found[2], found[1]!];
  const part = [...parts, "volume"].find((one) => one === rest || one.charAt(0) === rest);
  return part === undefined ? null : { side: side as QuoteSide, part };
}

/** A price of a third kind, the middle or the last one, would be taken for that of the side. */
function isPrice(name: string): boolean {
  return /^(mid|last)?[\s_.]*(o|h|l|c|open|high|low|close|price|last)$/i.test(name.trim());
}
