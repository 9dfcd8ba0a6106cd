import { Prng } from "../../src/base/prng.ts";
import { hourMs } from "../../src/base/time.ts";
import { barsOf, type Bars } from "../../src/domain/bars.ts";
import { calendarNamed } from "../../src/domain/calendar/calendar-named.ts";
import { conversionsFor } from "../../src/domain/currency.ts";
import type { Instrument, InstrumentIndex } from "../../src/domain/instrument.ts";
import { normalCdf } from "../../src/analysis/statistics/normal.ts";
import { Ledger } from "../../src/domain/ledger.ts";
import type { ExecutionReport, OrderId, OrderRequest, OrderTerms } from "../../src/domain/order.ts";
import { Venue } from "../../src/venue/venue.ts";
import type { VenueAccount } from "../../src/venue/venue-account.ts";

/*
 * The zero-expectation battery: on a price without drift no way of entering and leaving may earn. Every cell is an
 * account of its own at the venue, trading the same hourly bars of a continuous walk; a coin decides the side.
 */

/** Standard deviation of an hour. */
const hourDeviation = 0.001 * Math.sqrt(60);
const stepsPerHour = 240;
/** What has not ended by itself is closed after so many bars. */
const barsHeldMax = 24;
const barsWaitedMax = 3;

/** How a cell enters and leaves; distances are fractions of the price, 0 = none. */
export type Cell = {
  readonly entry: "market" | "limit" | "stop";
  readonly stop: number;
  readonly target: number;
  readonly trail: number;
};

/** What a cell's trades made: mean and its error in basis points a trade, and how many hung on an assumption. */
export type CellResult = {
  readonly cell: Cell;
  readonly trades: number;
  readonly meanBasisPoints: number;
  readonly errorBasisPoints: number;
  readonly t: number;
  readonly assumedShare: number;
};

/** Every entry with every choice of stop, target and trail, narrow and wide. */
export function allCells(): readonly Cell[] {
  const cells: Cell[] = [];
  for (const entry of ["market", "limit", "stop"] as const)
    for (const stop of [0, 0.004, 0.01])
      for (const target of [0, 0.004, 0.01])
        for (const trail of [0, 0.002, 0.004, 0.008]) cells.push({ entry, stop, target, trail });
  return cells;
}

/** Name of a cell for people: `stop entry, stop 0.4 %, trail 0.8 %`. */
export function nameOf({ entry, stop, target, trail }: Cell): string {
  const part = (name: string, size: number): string => (size === 0 ? "" : `, ${name} ${size * 100} %`);
  return `${entry} entry${part("stop", stop)}${part("target", target)}${part("trail", trail)}`;
}

/**
 * Hourly bars of a walk in continuous time without drift: between the steps the highest and lowest price are drawn
 * from the Brownian bridge, so that a price which is reached is met exactly and no fill gains or loses an overshoot.
 */
export function continuousWalk(length: number, seed: number): Bars {
  const prng = new Prng(seed);
  const column = () => new Float64Array(length);
  const [closeTimeMs, open, high, low, close, volume] = [
    column(),
    column(),
    column(),
    column(),
    column(),
    column(),
  ];
  const variance = hourDeviation ** 2 / stepsPerHour;
  const deviation = Math.sqrt(variance);
  let log = Math.log(100);
  for (let row = 0; row < length; row++) {
    let [top, bottom] = [log, log];
    open[row] = Math.exp(log);
    for (let step = 0; step < stepsPerHour; step++) {
      const move = prng.normal() * deviation - variance / 2;
      const middle = log + move / 2;
      const reach = (): number => Math.sqrt(move * move - 2 * variance * Math.log(1 - prng.next())) / 2;
      const [most, least] = [middle + reach(), middle - reach()];
      if (most > top) top = most;
      if (least < bottom) bottom = least;
      log += move;
    }
    closeTimeMs[row] = (row + 1) * hourMs;
    high[row] = Math.exp(top);
    low[row] = Math.exp(bottom);
    close[row] = Math.exp(log);
    volume[row] = 1;
  }
  return barsOf("WALK", "1h", { closeTimeMs, open, high, low, close, volume });
}

const instrument: Instrument = {
  index: 0 as InstrumentIndex,
  symbol: "WALK",
  assetClass: "synthetic",
  quoteCurrency: "USD",
  tickSize: 1e-8,
  lotSize: 1e-8,
  notionalMin: 0,
  contractMultiplier: 1,
  calendarName: "24/7",
};

/** One cell at work: at most one position at a time, one unit each. */
class CellTrader {
  readonly cell: Cell;
  readonly account: VenueAccount;
  private readonly prng: Prng;
  private readonly bias: number;
  private lastId = 0;
  private side: 1 | -1 = 1;
  private entryId = 0;
  private entryPrice = Number.NaN;
  private age = 0;
  trades = 0;
  sum = 0;
  sumOfSquares = 0;
  assumedFills = 0;

  constructor(cell: Cell, venue: Venue, prng: Prng, bias: number) {
    this.cell = cell;
    this.prng = prng;
    this.bias = bias;
    const ledger = new Ledger(1e9, [instrument], conversionsFor([instrument], "USD"));
    this.account = venue.openAccount(ledger, {
      accountKind: "margin",
      leverage: 10,
      maintenanceMargin: 0,
      commission: { fee: () => 0, rate: () => 0 },
      slippage: { fraction: () => 0, rate: () => 0 },
      latencyMs: 0,
      volumeShareMax: Infinity,
      borrowRate: 0,
      fundingRate: 0,
    });
  }

  hear(reports: readonly ExecutionReport[]): void {
    for (const report of reports) {
      if (report.kind !== "filled") continue;
      const { orderId, price, isAssumed } = report.fill;
      if (isAssumed === true) this.assumedFills += 1;
      if (orderId === this.entryId) this.entryPrice = price;
      else this.finish(price);
    }
  }

  private finish(price: number): void {
    const made = (this.side * (price - this.entryPrice)) / this.entryPrice + this.bias;
    this.trades += 1;
    this.sum += made;
    this.sumOfSquares += made * made;
    this.entryPrice = Number.NaN;
    this.entryId = 0;
  }

  /** Decides at the close of a bar: enter, give up waiting, or close what has lasted too long. */
  decide(close: number, timeMs: number): void {
    this.age += 1;
    if (this.entryId === 0) return this.enter(close, timeMs);
    if (Number.isNaN(this.entryPrice)) {
      if (this.age <= barsWaitedMax) return;
      this.account.cancel(this.entryId as OrderId);
      this.entryId = 0;
    } else if (this.age === barsHeldMax)
      this.send({ side: this.side === 1 ? "sell" : "buy", reduceOnly: true }, timeMs);
  }

  private enter(close: number, timeMs: number): void {
    const { entry, stop, target, trail } = this.cell;
    this.side = this.prng.next() < 0.5 ? 1 : -1;
    const { side } = this;
    const away = (base: number, fraction: number): number =>
      Math.round(base * (1 + side * fraction) * 1e8) / 1e8;
    const price = entry === "market" ? close : away(close, entry === "limit" ? -0.002 : 0.002);
    this.age = 0;
    this.entryId = this.send({ terms: entryTerms(entry, price) }, timeMs);
    const leg = {
      side: side === 1 ? "sell" : "buy",
      reduceOnly: true,
      closePosition: true,
      parentId: this.entryId as OrderId,
      ocoGroup: this.entryId,
    } as const;
    if (stop > 0)
      this.send({ ...leg, terms: { type: "stop_market", stopPrice: away(price, -stop) } }, timeMs);
    if (trail > 0)
      this.send(
        { ...leg, terms: { type: "trailing_stop_market", trail: { kind: "fraction", fraction: trail } } },
        timeMs,
      );
    if (target > 0) this.send({ ...leg, terms: { type: "limit", limitPrice: away(price, target) } }, timeMs);
  }

  private send(order: Partial<OrderRequest>, timeMs: number): number {
    this.lastId += 1;
    this.account.submit({
      id: this.lastId as OrderId,
      instrument: instrument.index,
      side: this.side === 1 ? "buy" : "sell",
      quantity: 1,
      terms: { type: "market" },
      timeInForce: "gtc",
      expireTimeMs: Infinity,
      postOnly: false,
      reduceOnly: false,
      closePosition: false,
      parentId: null,
      ocoGroup: 0,
      weightAtFill: null,
      requestedMs: timeMs,
      reason: "coin",
      ...order,
    });
    return this.lastId;
  }
}

function entryTerms(entry: Cell["entry"], price: number): OrderTerms {
  if (entry === "market") return { type: "market" };
  return entry === "limit" ? { type: "limit", limitPrice: price } : { type: "stop_market", stopPrice: price };
}

/** The chance that the best of `count` cells reaches `t` when none of them earns (Bonferroni). */
export function chanceOf(t: number, count: number): number {
  return Math.min(1, count * (1 - normalCdf(t)));
}

/** Lets every cell trade until it has `tradesMin` trades. `bias` is a gain planted into every trade, as a fraction. */
export function runBattery(
  cells: readonly Cell[],
  tradesMin: number,
  seed: number,
  bias = 0,
  blockBars = 20_000,
): readonly CellResult[] {
  const coins = new Prng(seed).fork("coins");
  const results: CellResult[] = [];
  let waiting = cells.map((cell) => ({ cell, sums: { trades: 0, sum: 0, sumOfSquares: 0, assumed: 0 } }));
  for (let block = 0; waiting.length > 0; block++) {
    const bars = continuousWalk(blockBars, seed * 1_000 + block);
    const venue = new Venue({ instruments: [instrument], bars: [bars] }, [calendarNamed("24/7")]);
    const traders = waiting.map(({ cell }) => new CellTrader(cell, venue, coins.fork(nameOf(cell)), bias));
    const traderOf = new Map(traders.map((trader) => [trader.account, trader]));
    for (let row = 0; row < blockBars; row++) {
      const timeMs = bars.closeTimeMs[row]!;
      const slice = { timeMs, count: 1, instruments: Int32Array.of(0), rows: Int32Array.of(row) };
      venue.advance(slice, (account, reports) => {
        const trader = traderOf.get(account)!;
        trader.hear(reports);
        trader.decide(bars.close[row]!, timeMs);
      });
    }
    waiting = waiting.filter((entry, k) => {
      const { trades, sum, sumOfSquares, assumedFills } = traders[k]!;
      entry.sums.trades += trades;
      entry.sums.sum += sum;
      entry.sums.sumOfSquares += sumOfSquares;
      entry.sums.assumed += assumedFills;
      if (entry.sums.trades < tradesMin) return true;
      results.push(resultOf(entry.cell, entry.sums));
      return false;
    });
  }
  return results;
}

type Sums = { trades: number; sum: number; sumOfSquares: number; assumed: number };

function resultOf(cell: Cell, { trades, sum, sumOfSquares, assumed }: Sums): CellResult {
  const meanBasisPoints = (sum / trades) * 1e4;
  const errorBasisPoints = Math.sqrt((sumOfSquares / trades - (sum / trades) ** 2) / trades) * 1e4;
  const t = meanBasisPoints / errorBasisPoints;
  return { cell, trades, meanBasisPoints, errorBasisPoints, t, assumedShare: assumed / trades };
}

/** The whole battery: 20,000 trades a cell. A gain of two basis points, added to every trade, must stand out. */
export function prove(): string {
  const cells = allCells();
  const results = runBattery(cells, 20_000, 7);
  const best = results.reduce((a, b) => (b.t > a.t ? b : a));
  if (best.t >= 3) throw new Error(`${nameOf(best.cell)} earns from noise: t = ${best.t.toFixed(2)}`);
  const found = results.filter(
    ({ t, errorBasisPoints }) => chanceOf(t + 2 / errorBasisPoints, cells.length) < 0.01,
  ).length;
  if (found === 0) throw new Error("the battery would not find a gain of two basis points a trade");
  const rows = results
    .filter(({ meanBasisPoints }) => meanBasisPoints < -1)
    .toSorted((a, b) => a.meanBasisPoints - b.meanBasisPoints)
    .map(
      ({ cell, meanBasisPoints, t, assumedShare }) =>
        `| ${nameOf(cell)} | ${meanBasisPoints.toFixed(1)} | ${t.toFixed(1)} | ${(100 * assumedShare).toFixed(0)} % |`,
    );
  return [
    `${cells.length} cells, ${results.reduce((sum, { trades }) => sum + trades, 0)} trades.`,
    `Best: ${nameOf(best.cell)}, ${best.meanBasisPoints.toFixed(2)} basis points a trade, t = ${best.t.toFixed(2)};`,
    `by chance the best of so many reaches that with probability ${chanceOf(best.t, cells.length).toFixed(2)}.`,
    `A planted gain of 2 basis points a trade stands out in ${found} cells.`,
    "",
    "| cell | basis points a trade | t | decided by an assumption |",
    "|---|---|---|---|",
    ...rows,
  ].join("\n");
}
