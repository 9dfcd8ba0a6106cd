import { canonicalJson, sha256 } from "../../../base/hash.ts";
import { areAlike, type MarketMoves } from "./market-moves.ts";
import type { TrialEntry, TriedMarket } from "./trial-entry.ts";

/** A market as a line has it: moves that an earlier line has are named and not said again. */
type WrittenMarket = TriedMarket & { readonly movesId?: string };

type SomeLine = { readonly kind: string; readonly markets?: readonly WrittenMarket[] };

function idOf(moves: MarketMoves): string {
  return sha256(canonicalJson(moves)).slice(0, 16);
}

/** Moves by their name, over the lines of a ledger. */
function movesIn(lines: readonly SomeLine[]): ReadonlyMap<string, MarketMoves> {
  const known = new Map<string, MarketMoves>();
  for (const { markets = [] } of lines)
    for (const { moves, movesId } of markets)
      if (moves !== undefined && movesId !== undefined) known.set(movesId, moves);
  return known;
}

/** An entry to be written: a search adds line after line on the same bars, whose moves stand once in the ledger. */
export function withoutKnownMoves(entry: TrialEntry, lines: readonly SomeLine[]): TrialEntry {
  const known = movesIn(lines);
  const written = ({ moves, ...market }: TriedMarket): WrittenMarket => {
    if (moves === undefined) return market;
    const movesId = idOf(moves);
    return known.has(movesId) ? { ...market, movesId } : { ...market, movesId, moves };
  };
  return { ...entry, markets: entry.markets.map(written) };
}

/** Which lines of a ledger were tried on the markets that are asked for, whatever these were called then. */
export class MarketsMet {
  private readonly asked: readonly TriedMarket[];
  private readonly known: ReadonlyMap<string, MarketMoves>;
  private readonly answers = new Map<string, boolean>();
  private readonly names = new Map<string, Set<string>>();

  constructor(asked: readonly TriedMarket[], lines: readonly SomeLine[]) {
    this.asked = asked;
    this.known = movesIn(lines);
  }

  /** Whether one of the markets is one of those asked for, at a time that both have. */
  has(markets: readonly WrittenMarket[]): boolean {
    return markets.some((one) =>
      this.asked.some(
        (other) => one.fromMs <= other.toMs && other.fromMs <= one.toMs && this.isSame(one, other),
      ),
    );
  }

  /** What is to be said about trials that were made under other names. */
  otherNames(): readonly string[] {
    return [...this.names].map(
      ([name, others]) =>
        `${name} moves as ${[...others].sort().join(", ")} did: it is taken for the same market, and what was tried there is counted`,
    );
  }

  private isSame(one: WrittenMarket, other: TriedMarket): boolean {
    if (one.symbol === other.symbol) return true;
    const moves = one.movesId === undefined ? undefined : this.known.get(one.movesId);
    if (moves === undefined || other.moves === undefined) return false;
    const key = `${one.movesId} ${other.symbol}`;
    let answer = this.answers.get(key);
    if (answer === undefined) this.answers.set(key, (answer = areAlike(moves, other.moves)));
    if (answer) this.names.set(other.symbol, (this.names.get(other.symbol) ?? new Set()).add(one.symbol));
    return answer;
  }
}
