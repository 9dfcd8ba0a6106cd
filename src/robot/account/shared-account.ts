import { signOf } from "../../domain/order.ts";
import type {
  AccountSnapshot,
  BrokerConnection,
  BrokerListener,
  LineState,
  VenueFill,
  VenueOrder,
} from "../../ports/broker-connection.ts";
import { sessionOf } from "../client-order-id.ts";
import { readable } from "../desk/readable.ts";
import { isClosingOrderId } from "../kill/closing-order-id.ts";
import { divideClosing, divideStrange } from "./divide.ts";
import { Seat, type AccountOfSeats, type SeatPlan } from "./seat.ts";

/** A difference must have been there for so long before it counts as somebody else's holding. */
const believedMs = 30_000;
const tolerance = 1e-9;

/** Whether a difference of two sums that come to `size` is what adding them up has left. */
function isNothing(difference: number, size: number): boolean {
  return Math.abs(difference) < tolerance * Math.max(1, Math.abs(size));
}

/** What an account holds of a symbol beside its sessions, and since when it looked otherwise. */
type Beside = { quantity: number; seen: number; sinceMs: number };

/**
 * One account at a venue with one line to it, and several sessions that each see only what is theirs: their orders by
 * their names, their fills, their share of the money. Orders are not netted: each session sends its own, so that each is
 * the session that it would be alone. What people and other programs do on the account is theirs (`beside`), as long as it
 * takes nothing away from a session.
 */
export class SharedAccount implements AccountOfSeats {
  readonly connection: BrokerConnection;
  readonly seats: readonly Seat[];
  private readonly closing = new AbortController();
  private readonly beside = new Map<string, Beside>();
  /** By fill of nobody: what of it fell to whom. */
  private readonly divided = new Map<string, ReadonlyMap<Seat, VenueFill>>();
  private readonly tagOfVenueId = new Map<string, string>();
  private opening: Promise<void> | null = null;
  private first: AccountSnapshot | null = null;
  /** When the line was opened, by the venue's clock: strangers' fills of before are in the holdings. */
  private sinceMs = Infinity;
  private last: AccountSnapshot | null = null;

  constructor(connection: BrokerConnection, plans: readonly SeatPlan[]) {
    this.connection = connection;
    const count = (symbol: string): number => plans.filter(({ symbols }) => symbols.includes(symbol)).length;
    this.seats = plans.map(
      (plan) =>
        new Seat(
          this,
          plan,
          plan.symbols.some((symbol) => count(symbol) > 1),
        ),
    );
  }

  /** Opens the line once, whoever comes first. */
  open(): Promise<void> {
    const { connection } = this;
    const listener: BrokerListener = {
      onOrder: (order) => this.onOrder(order),
      onFill: (fill) => this.onFill(fill),
      onLine: (line) => this.onLine(line),
    };
    this.opening ??= connection.open(listener, this.closing.signal);
    return this.opening;
  }

  /** The account as it was when it was told first. A question that failed is put again by whoever asks again. */
  async begun(): Promise<AccountSnapshot> {
    if (this.first !== null) return this.first;
    const snapshot = readable(await this.connection.account());
    // Two may have asked at once.
    if (this.first !== null) return this.first;
    this.sinceMs = snapshot.venueTimeMs;
    for (const [symbol, { quantity }] of snapshot.positions) this.setBeside(symbol, quantity);
    return (this.first = this.last = snapshot);
  }

  /** Hangs up, when every session has ended. */
  async close(): Promise<void> {
    this.closing.abort(new Error("the account is closed"));
    await this.connection.close();
  }

  /** The account as a whole, as the venue told it last; null before it was asked. */
  get whole(): AccountSnapshot | null {
    return this.last;
  }

  /** What is held of each symbol beside the sessions, signed: by people, by other programs, from before. */
  besides(): readonly { readonly symbol: string; readonly quantity: number }[] {
    const held = [...this.beside].filter(
      ([symbol, { quantity }]) => !isNothing(quantity, this.heldByAll(symbol) ?? 0),
    );
    return held.map(([symbol, { quantity }]) => ({ symbol, quantity }));
  }

  /** The account as the venue has it now. */
  async ask(): Promise<AccountSnapshot> {
    return this.take(readable(await this.connection.account()));
  }

  /** Executions since a time: those of the session, and what fell to it of those of nobody. */
  async fillsFor(seat: Seat, sinceMs: number): Promise<readonly VenueFill[]> {
    const fills = await this.connection.fillsSince(sinceMs);
    return fills.flatMap((fill) => {
      const owner = this.ownerOf(fill.clientOrderId, fill.venueOrderId);
      if (owner !== null) return owner === seat ? [fill] : [];
      const part = this.divide(fill).get(seat);
      return part === undefined ? [] : [part];
    });
  }

  /** Whether an order is for the session to see: its own, and those of nobody in its symbols. */
  isFor(seat: Seat, { clientOrderId, venueOrderId, symbol }: VenueOrder): boolean {
    const owner = this.ownerOf(clientOrderId, venueOrderId);
    return owner === null ? seat.plan.symbols.includes(symbol) : owner === seat;
  }

  /** Not every venue says whose order a fill belongs to: the number of the order does. */
  noteOrder(seat: Seat, venueOrderId: string): void {
    this.tagOfVenueId.set(venueOrderId, seat.plan.tag);
  }

  /** What a session brings from before was in the account when the line was opened, and is not beside it. */
  noteBegun(seat: Seat): void {
    for (const symbol of seat.plan.symbols) {
      this.setBeside(symbol, this.besideOf(symbol) - seat.holding(symbol));
      // Less than the sessions hold is missing, and nobody's debt.
      if (this.besideOf(symbol) * (this.heldByAll(symbol) ?? 0) < 0) this.setBeside(symbol, 0);
    }
  }

  private onOrder(order: VenueOrder): void {
    const { clientOrderId, venueOrderId } = order;
    const owner = this.ownerOf(clientOrderId, venueOrderId);
    if (owner !== null) this.noteOrder(owner, venueOrderId);
    for (const seat of this.seats) if (this.isFor(seat, order)) seat.listener?.onOrder(order);
  }

  private onFill(fill: VenueFill): void {
    const owner = this.ownerOf(fill.clientOrderId, fill.venueOrderId);
    if (owner !== null) owner.listener?.onFill(fill);
    else this.divide(fill);
  }

  private onLine(line: LineState): void {
    for (const seat of this.seats) seat.listener?.onLine(line);
  }

  private ownerOf(clientOrderId: string | null, venueOrderId: string): Seat | null {
    const tag = clientOrderId === null ? this.tagOfVenueId.get(venueOrderId) : sessionOf(clientOrderId);
    return this.seats.find(({ plan }) => plan.tag === tag) ?? null;
  }

  private tradersOf(symbol: string): readonly Seat[] {
    return this.seats.filter(({ plan }) => plan.symbols.includes(symbol));
  }

  private besideOf(symbol: string): number {
    return this.beside.get(symbol)?.quantity ?? 0;
  }

  /** Divides a fill of nobody once, and tells those to whom a part of it fell. */
  private divide(fill: VenueFill): ReadonlyMap<Seat, VenueFill> {
    const known = this.divided.get(fill.fillId);
    if (known !== undefined) return known;
    const parts = fill.venueTimeMs < this.sinceMs ? new Map<Seat, VenueFill>() : this.partsOf(fill);
    this.divided.set(fill.fillId, parts);
    for (const [seat, part] of parts) seat.listener?.onFill(part);
    return parts;
  }

  private partsOf(fill: VenueFill): ReadonlyMap<Seat, VenueFill> {
    const { symbol, quantity, side, fillId, takesBack } = fill;
    if (takesBack !== undefined) return this.backOf(fill, takesBack);
    const seats = this.tradersOf(symbol);
    const signed = signOf(side) * quantity;
    const claims = { bySeat: seats.map((seat) => seat.holding(symbol)), nobodys: this.besideOf(symbol) };
    const isClosing = isClosingOrderId(fill.clientOrderId);
    const shares = isClosing ? divideClosing(signed, claims) : divideStrange(signed, claims);
    const taken = shares.reduce((sum, share) => sum + share, 0);
    this.setBeside(symbol, this.besideOf(symbol) + signed - taken);
    const parts = new Map<Seat, VenueFill>();
    for (const [k, seat] of seats.entries()) {
      const share = shares[k]!;
      if (Math.abs(share) < quantity * tolerance) continue;
      const part = Math.abs(share);
      parts.set(seat, {
        ...fill,
        fillId: `${fillId}:${seat.plan.tag}`,
        side: share > 0 ? "buy" : "sell",
        quantity: part,
        fee: (fill.fee * part) / quantity,
      });
    }
    return parts;
  }

  /** A fill that the venue takes back is taken back from those who had a part of it. */
  private backOf(fill: VenueFill, takesBack: string): ReadonlyMap<Seat, VenueFill> {
    const before = this.divided.get(takesBack) ?? new Map<Seat, VenueFill>();
    let signed = signOf(fill.side) * fill.quantity;
    const parts = new Map<Seat, VenueFill>();
    for (const [seat, { fillId, side, quantity, fee }] of before) {
      parts.set(seat, {
        ...fill,
        fillId: `${fill.fillId}:${seat.plan.tag}`,
        takesBack: fillId,
        side,
        quantity,
        fee,
      });
      signed -= signOf(side) * quantity;
    }
    this.setBeside(fill.symbol, this.besideOf(fill.symbol) - signed);
    return parts;
  }

  private setBeside(symbol: string, quantity: number): void {
    this.beside.set(symbol, { quantity, seen: Number.NaN, sinceMs: Infinity });
  }

  /**
   * What is held beside the sessions is looked at for a while before it is believed: a fill may be on its way. Less than
   * they hold was sold by somebody whose fill was never seen: it is divided as that fill would have been.
   */
  private take(snapshot: AccountSnapshot): AccountSnapshot {
    this.last = snapshot;
    const { positions, venueTimeMs } = snapshot;
    for (const symbol of new Set([...this.seats.flatMap(({ plan }) => plan.symbols), ...positions.keys()])) {
      const sum = this.heldByAll(symbol);
      if (sum === null) continue;
      const seen = (positions.get(symbol)?.quantity ?? 0) - sum;
      const known = this.beside.get(symbol) ?? { quantity: 0, seen: Number.NaN, sinceMs: Infinity };
      const isNew = !isNothing(known.seen - seen, sum);
      if (isNew) this.beside.set(symbol, { ...known, seen, sinceMs: venueTimeMs });
      else if (venueTimeMs - known.sinceMs >= believedMs) this.believe(symbol, seen, sum, venueTimeMs);
    }
    return snapshot;
  }

  private believe(symbol: string, seen: number, sum: number, venueTimeMs: number): void {
    const strange = seen - this.besideOf(symbol);
    if (isNothing(strange, sum)) return;
    if (strange * sum >= 0) return this.setBeside(symbol, seen);
    const price = this.priceOf(symbol);
    if (!(price > 0)) return;
    this.divide({
      fillId: `missing:${symbol}:${venueTimeMs}`,
      clientOrderId: null,
      venueOrderId: "unknown",
      symbol,
      side: strange > 0 ? "buy" : "sell",
      quantity: Math.abs(strange),
      price,
      fee: 0,
      feeCurrency: "",
      liquidity: "taker",
      venueTimeMs,
      receivedAtMs: venueTimeMs,
    });
  }

  private priceOf(symbol: string): number {
    const holder = this.tradersOf(symbol).find((seat) => seat.holding(symbol) !== 0);
    return holder?.lastPrice(symbol) ?? Number.NaN;
  }

  /** What the sessions hold together; null before all of them have begun. */
  private heldByAll(symbol: string): number | null {
    const traders = this.tradersOf(symbol);
    if (traders.some(({ hasBegun }) => !hasBegun)) return null;
    return traders.reduce((total, seat) => total + seat.holding(symbol), 0);
  }
}
