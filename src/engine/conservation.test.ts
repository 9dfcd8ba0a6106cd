import fc from "fast-check";
import { expect, test } from "vitest";
import { AuditedBroker } from "../../test/audited-broker.ts";
import { roundsOf } from "../../test/rounds.ts";
import { Prng } from "../base/prng.ts";
import { layGround, buildSession } from "../app/session/build-session.ts";
import { runThrough } from "../app/runs/run-backtest.ts";
import { maintenanceMarginOf, runConfigSchema } from "../app/config/run-config.ts";
import { barsOf } from "../domain/bars.ts";
import { field } from "../domain/expression.ts";
import { dayMs, hourMs } from "../base/time.ts";
import type { CorporateAction } from "../domain/corporate-action.ts";
import type { Timeframe } from "../domain/timeframe.ts";
import { strategy } from "../ports/strategy.ts";
import type { DecisionLog } from "./decision-log/decision-log.ts";

const seed = 20_261_120;

/** A strategy that does everything at random, from a seed: all entries, all protections, reversals, nonsense sizes. */
function monkey(chaosSeed: number, silence: number, leverage: number) {
  return strategy({
    name: "monkey",
    summary: "Trades at random.",
    params: {},
    setup: () => ({ close: field("close") }),
    memory: () => new Prng(chaosSeed),
    onBar({ series, memory: prng, target }) {
      if (prng.next() < silence) return;
      const price = series.close.now;
      const weight = [0, 1, -1, 0.5, -0.3, leverage, -leverage, 1e9][prng.integer(8)]!;
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

/** A market of which companies split on some days, and pay dividends on others. With `gapRows` a bar is missing after every so many. */
function market(
  prng: Prng,
  symbol: string,
  length: number,
  barHours: number,
  actions: readonly CorporateAction[],
  gapRows = Infinity,
) {
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
    closeTimeMs[row] = (row + 1 + Math.floor(row / gapRows)) * barHours * hourMs;
    for (const action of actions)
      if (action.symbol === symbol && action.kind === "split" && row > 0)
        if (closeTimeMs[row]! > action.day * dayMs && closeTimeMs[row - 1]! <= action.day * dayMs)
          price /= action.ratio;
    open[row] = price * (1 + prng.normal() * 0.01);
    close[row] = open[row]! * (1 + prng.normal() * 0.02);
    high[row] = Math.max(open[row]!, close[row]!) * (1 + Math.abs(prng.normal()) * 0.01);
    low[row] = Math.min(open[row]!, close[row]!) * (1 - Math.abs(prng.normal()) * 0.01);
    volume[row] = prng.next() * 1_000;
    price = close[row]!;
  }
  return barsOf(symbol, barHours === 1 ? "1h" : "4h", { closeTimeMs, open, high, low, close, volume });
}

/** On every second day something happens to the shares of a symbol. */
function actionsOf(prng: Prng, symbol: string, days: number): readonly CorporateAction[] {
  return Array.from({ length: days }, (_, k) => k + 1).flatMap((day): readonly CorporateAction[] => {
    const chance = prng.next();
    if (chance < 0.25) return [{ symbol, day, kind: "split", ratio: [2, 0.5, 3, 0.1][prng.integer(4)]! }];
    return chance < 0.5 ? [{ symbol, day, kind: "dividend", amount: prng.next() * 3 }] : [];
  });
}

type Chaos = {
  readonly skipQuiet?: boolean;
  readonly isQuiet?: boolean;
  readonly timeframe?: Timeframe | undefined;
};

/**
 * A seed decides the market, the account, every cost and every order. In a `quiet` run holding is free and the strategy
 * seldom speaks, so that orders rest for long. With a `timeframe` it decides on higher bars, and hours are missing.
 * In all others a bar is four hours, so that there are days on which shares are split.
 */
function chaosRun(chaosSeed: number, { skipQuiet = true, isQuiet = false, timeframe }: Chaos = {}) {
  const prng = new Prng(chaosSeed);
  const barHours = isQuiet || timeframe !== undefined ? 1 : 4;
  const rows = isQuiet ? 120 : 40;
  const symbols = ["S0", "S1", "S2"].slice(0, isQuiet ? 1 : 1 + prng.integer(3));
  const actions = isQuiet
    ? []
    : symbols.flatMap((symbol) => actionsOf(prng, symbol, Math.floor((rows * barHours) / 24)));
  const bars = symbols.map((symbol) =>
    market(prng, symbol, rows, barHours, actions, timeframe === undefined ? Infinity : 7),
  );
  const kind = prng.next() < 0.3 ? "cash" : "margin";
  const leverage = 1 + prng.integer(4);
  const isTight = kind === "margin" && (isQuiet || prng.next() < 0.7);
  const lotSize = prng.next() < 0.5 ? 1 : 0.001;
  const isPoor = !isQuiet && prng.next() < 0.3;
  const config = runConfigSchema.parse({
    // Orders that rest for long meet few margin calls, unless there is little room for them.
    account: {
      kind,
      cash: isPoor ? 400 : 10_000,
      leverage,
      ...(isTight ? { maintenanceMargin: 0.9 / leverage } : {}),
    },
    costs: {
      commission: { use: "rate", rate: prng.next() * 0.003, minimum: isPoor ? 25 : prng.integer(2) },
      slippage: { use: "fixed", rate: prng.next() * 0.002 },
      latencyMs: prng.integer(3) * 20 * 240_000,
      ...(prng.next() < 0.4 ? { volumeShareMax: 0.1 } : {}),
      borrowRate: isQuiet ? 0 : 0.1,
      fundingRate: isQuiet ? 0 : 0.0002,
    },
    // No symbol keeps to its part: all of the leverage may be in one.
    sizing: { use: "fixed-fraction", fraction: 1 },
    execution: { skipQuiet, flattenAtEnd: prng.next() < 0.5, sizeAt: prng.next() < 0.3 ? "fill" : "close" },
    instruments: {
      "*": {
        lotSize,
        tickSize: 0.01,
        calendar: "24/7",
        ...(isQuiet && prng.next() < 0.3 ? { contractMultiplier: 5 } : {}),
      },
    },
  });
  const higher = timeframe === undefined ? {} : { timeframe };
  const setup = {
    bars,
    strategy: monkey(chaosSeed, isQuiet ? 0.9 : 0.5, leverage),
    params: {},
    config,
    actions,
    ...higher,
  };
  const { cash } = config.account;
  const { volumeShareMax } = config.costs;
  const maintenanceMargin = maintenanceMarginOf(config.account);
  const rules = { bars, cash, isCash: kind === "cash", maintenanceMargin, volumeShareMax, lotSize, actions };
  let audited: AuditedBroker | null = null;
  const ground = layGround(bars, config, timeframe, actions);
  const session = buildSession(setup, ground, {
    broker: (venue) => (audited = new AuditedBroker(venue, rules)),
  });
  runThrough(session, ground);
  return { session, cash, audit: audited! as AuditedBroker };
}

test("money is conserved whatever is ordered, and what nobody may do does not happen (600 seeds)", () => {
  const seen: Record<string, number> = {};
  const numRuns = roundsOf(600, 300);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (chaosSeed) => {
      const { session, cash, audit } = chaosRun(chaosSeed);
      const { portfolio } = session;
      const { ledger, trades } = portfolio;
      expect(audit.wrongs).toEqual([]);
      for (const [what, count] of Object.entries(audit.seen))
        seen[what] = (seen[what] ?? 0) + Number(count > 0);
      // What our books say and what the venue's say is the same to the last bit: both booked the same fills.
      const { ledger: venue } = audit.venue as unknown as { ledger: typeof ledger };
      expect([...ledger.quantity]).toEqual([...venue.quantity]);
      expect(ledger.cash).toBe(venue.cash);
      // Our books and those that were kept from outside say the same.
      const scale = cash + ledger.tradedNotional;
      const isNear = (one: number, other: number) =>
        expect(Math.abs(one - other) / scale).toBeLessThan(1e-12);
      isNear(ledger.cash, audit.cash);
      isNear(ledger.equity(), audit.equity);
      for (const [k, quantity] of ledger.quantity.entries()) isNear(quantity, audit.held[k]!);
      // Start + realised + unrealised - fees - charges = what there is.
      const unrealised = ledger.held.reduce(
        (sum, index) =>
          sum + ledger.quantity[index]! * (ledger.lastPrice[index]! - ledger.averagePrice[index]!),
        0,
      );
      const explained = cash + ledger.realizedPnl + unrealised - ledger.feesPaid - ledger.chargesPaid;
      isNear(explained + audit.unexplained, ledger.equity());
      // Trades tell the same story as the ledger once everything is closed.
      if (ledger.held.length === 0)
        isNear(
          trades.closed.reduce((sum, trade) => sum + trade.pnl, 0),
          ledger.equity() - cash,
        );
    }),
    { seed, numRuns, endOnFailure: true },
  );
  // What the promise is about comes up in more than every tenth world.
  expect(Object.entries(seen).filter(([, count]) => count <= numRuns / 10)).toEqual([]);
}, 300_000);

const chaosSeeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const timeframes = fc.constantFrom<(Timeframe | undefined)[]>(undefined, "2h", "3h");

test("the same seed gives the same decisions, and the short way through quiet bars changes nothing", () => {
  fc.assert(
    fc.property(chaosSeeds, fc.boolean(), timeframes, (chaosSeed, isQuiet, timeframe) => {
      const [first, second] = [true, false].map(
        (skipQuiet) => chaosRun(chaosSeed, { skipQuiet, isQuiet, timeframe }).session.recorder.log,
      ) as [DecisionLog, DecisionLog];
      expect(second.hash()).toBe(first.hash());
      expect([...second.equity.subarray(0, second.length)]).toEqual([
        ...first.equity.subarray(0, first.length),
      ]);
    }),
    { seed, numRuns: roundsOf(500, 100) },
  );
});
