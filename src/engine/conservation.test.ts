import fc from "fast-check";
import { expect, test } from "vitest";
import { roundsOf } from "../../test/rounds.ts";
import { Prng } from "../base/prng.ts";
import { layGround, buildSession } from "../app/session/build-session.ts";
import { runThrough } from "../app/runs/run-backtest.ts";
import { runConfigSchema } from "../app/config/run-config.ts";
import { barsOf } from "../domain/bars.ts";
import { field } from "../domain/expression.ts";
import { hourMs } from "../base/time.ts";
import type { Timeframe } from "../domain/timeframe.ts";
import { strategy } from "../ports/strategy.ts";
import type { Session } from "./session.ts";

const seed = 20_261_120;

/** A strategy that does everything at random, from a seed: all entries, all protections, reversals, nonsense sizes. */
function monkey(chaosSeed: number, silence: number) {
  return strategy({
    name: "monkey",
    summary: "Trades at random.",
    params: {},
    setup: () => ({ close: field("close") }),
    memory: () => new Prng(chaosSeed),
    onBar({ series, memory: prng, target }) {
      if (prng.next() < silence) return;
      const price = series.close.now;
      const weight = [0, 1, -1, 0.5, -0.3, 3, 1e9][prng.integer(7)]!;
      const away = (share: number) => price * (1 + (prng.next() - 0.5) * share);
      const kind = (["market", "limit", "stop"] as const)[prng.integer(3)]!;
      target(weight, {
        reason: "chance",
        entry: kind === "market" ? { kind } : { kind, price: away(0.04) },
        ...(prng.next() < 0.4 ? { stopPrice: away(0.06) } : {}),
        ...(prng.next() < 0.4 ? { takeProfitPrice: away(0.06) } : {}),
        ...(prng.next() < 0.2 ? { trail: { kind: "fraction", fraction: 0.02 } } : {}),
      });
    },
  });
}

/** With `runHours` an hour is missing after every so many. */
function market(prng: Prng, symbol: string, length: number, runHours = Infinity) {
  const columns = ["closeTimeMs", "open", "high", "low", "close", "volume"].map(
    () => new Float64Array(length),
  );
  const [closeTimeMs, open, high, low, close, volume] = columns as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let price = 50 + prng.next() * 100;
  for (let row = 0; row < length; row++) {
    closeTimeMs[row] = (row + 1 + Math.floor(row / runHours)) * hourMs;
    open[row] = price * (1 + prng.normal() * 0.01);
    close[row] = open[row]! * (1 + prng.normal() * 0.02);
    high[row] = Math.max(open[row]!, close[row]!) * (1 + Math.abs(prng.normal()) * 0.01);
    low[row] = Math.min(open[row]!, close[row]!) * (1 - Math.abs(prng.normal()) * 0.01);
    volume[row] = prng.next() * 1_000;
    price = close[row]!;
  }
  return barsOf(symbol, "1h", { closeTimeMs, open, high, low, close, volume });
}

/**
 * A seed decides the market, the account, every cost and every order. In a `quiet` run holding is free and the strategy
 * seldom speaks, so that orders rest for long. With a `timeframe` it decides on higher bars, and hours are missing.
 */
function chaosRun(chaosSeed: number, skipQuiet = true, isQuiet = false, timeframe?: Timeframe) {
  const prng = new Prng(chaosSeed);
  const bars = Array.from({ length: isQuiet ? 1 : 1 + prng.integer(3) }, (_, k) =>
    market(prng, `S${k}`, isQuiet ? 120 : 40, timeframe === undefined ? Infinity : 7),
  );
  const kind = prng.next() < 0.5 ? "cash" : "margin";
  const leverage = 1 + prng.integer(4);
  // Orders that rest for long meet few margin calls, unless there is little room for them.
  const tight = isQuiet && kind === "margin" ? { maintenanceMargin: 0.9 / leverage } : {};
  const config = runConfigSchema.parse({
    account: { kind, cash: 10_000, leverage, ...tight },
    costs: {
      commission: { use: "rate", rate: prng.next() * 0.003, minimum: prng.integer(2) },
      slippage: { use: "fixed", rate: prng.next() * 0.002 },
      latencyMs: prng.integer(3) * 20 * 240_000,
      ...(prng.next() < 0.5 ? { volumeShareMax: 0.05 } : {}),
      borrowRate: isQuiet ? 0 : 0.1,
      fundingRate: isQuiet ? 0 : 0.0002,
    },
    execution: { skipQuiet, flattenAtEnd: prng.next() < 0.5, sizeAt: prng.next() < 0.3 ? "fill" : "close" },
    instruments: {
      "*": {
        lotSize: prng.next() < 0.5 ? 1 : 0.001,
        tickSize: 0.01,
        ...(isQuiet && prng.next() < 0.3 ? { contractMultiplier: 5 } : {}),
      },
    },
  });
  const higher = timeframe === undefined ? {} : { timeframe };
  const setup = { bars, strategy: monkey(chaosSeed, isQuiet ? 0.9 : 0.5), params: {}, config, ...higher };
  const ground = layGround(bars, config, timeframe);
  const session = buildSession(setup, ground);
  runThrough(session, ground);
  return { session, cash: config.account.cash, isCash: config.account.kind === "cash" };
}

/** The fees of all sales. */
function saleFeesOf({ recorder: { log } }: Session): number {
  let sum = 0;
  for (let row = 0; row < log.events.length; row++) {
    const { kind, first: quantity, third: cost, fourth: slippageCost } = log.events.at(row);
    if (kind === "fill" && quantity < 0) sum += cost - slippageCost;
  }
  return sum;
}

test("money is conserved whatever is ordered (2,000 seeds)", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (chaosSeed) => {
      const { session, cash, isCash } = chaosRun(chaosSeed);
      const { portfolio, broker } = session;
      const { ledger, trades } = portfolio;
      const venue = (broker as unknown as { ledger: typeof ledger }).ledger;
      // What our books say and what the venue's say is the same to the last bit: both booked the same fills.
      expect([...ledger.quantity]).toEqual([...venue.quantity]);
      expect(ledger.cash).toBe(venue.cash);
      // Start + realised + unrealised - fees - charges = what there is.
      const unrealised = ledger.held.reduce(
        (sum, index) =>
          sum + ledger.quantity[index]! * (ledger.lastPrice[index]! - ledger.averagePrice[index]!),
        0,
      );
      const explained = cash + ledger.realizedPnl + unrealised - ledger.feesPaid - ledger.chargesPaid;
      const scale = cash + ledger.tradedNotional;
      expect(Math.abs(explained - ledger.equity()) / scale).toBeLessThan(1e-12);
      if (isCash) {
        // A buy never spends more than there is; only the fee of a sale and charges may take more than is left.
        expect(ledger.cash).toBeGreaterThanOrEqual(-(saleFeesOf(session) + ledger.chargesPaid) - 1e-6);
        for (const quantity of ledger.quantity) expect(quantity).toBeGreaterThanOrEqual(0);
      }
      // Trades tell the same story as the ledger once everything is closed.
      if (ledger.held.length === 0) {
        const traded = trades.closed.reduce((sum, trade) => sum + trade.pnl, 0);
        expect(Math.abs(traded - (ledger.equity() - cash)) / scale).toBeLessThan(1e-12);
      }
    }),
    { seed, numRuns: roundsOf(2_000, 500) },
  );
}, 300_000);

const chaosSeeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const timeframes = fc.constantFrom<(Timeframe | undefined)[]>(undefined, "2h", "3h");

test("the same seed gives the same decisions, and the short way through quiet bars changes nothing", () => {
  fc.assert(
    fc.property(chaosSeeds, fc.boolean(), timeframes, (chaosSeed, isQuiet, timeframe) => {
      const first = chaosRun(chaosSeed, true, isQuiet, timeframe).session.recorder.log;
      const second = chaosRun(chaosSeed, false, isQuiet, timeframe).session.recorder.log;
      expect(second.hash()).toBe(first.hash());
      expect([...second.equity.subarray(0, second.length)]).toEqual([
        ...first.equity.subarray(0, first.length),
      ]);
    }),
    { seed, numRuns: roundsOf(500, 100) },
  );
});
