import fc from "fast-check";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { barsFrom, testTools } from "../../../test/plugin-tools.ts";
import { foldRegime } from "../../../test/regime-harness.ts";
import { marketOrder, sliceAt } from "../../../test/risk-harness.ts";
import { hourMs } from "../../base/time.ts";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { barsOf as barsOfColumns, sliceBars, type Bars } from "../../domain/bars.ts";
import { predictionName } from "../../domain/external-series.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import { Ledger } from "../../domain/ledger.ts";
import { signOf, type Fill, type OrderId, type OrderRequest } from "../../domain/order.ts";
import { resolveParams, type Param, type Params, type ParamValue } from "../../domain/params.ts";
import { regimeLabels } from "../../domain/regime.ts";
import type { DecisionEvent } from "../../engine/decision-log/event-table.ts";
import { OrderTracker } from "../../engine/execution/order-tracker.ts";
import { Portfolio } from "../../engine/execution/portfolio.ts";
import { RiskGate } from "../../engine/execution/risk-gate.ts";
import { TradeBook } from "../../engine/execution/trade-book.ts";
import { fitHmm } from "../../learning/hmm/fit-hmm.ts";
import type { PluginChoice } from "../../ports/plugin.ts";
import type { RegimeDetector } from "../../ports/regime.ts";
import { metaStrategy, type AnyStrategy } from "../../ports/strategy.ts";
import { artifactOf } from "../../regimes/hmm-artifact-of.ts";
import { trainingRows } from "../../regimes/hmm-features.ts";
import { meanReversion } from "../../strategies/mean-reversion.ts";
import { smaCross } from "../../strategies/sma-cross.ts";
import { createPlugin, plugins, strategies, type AnyPlugin } from "./registry.ts";
import { runBacktest, type BacktestResult } from "../runs/run-backtest.ts";
import { runConfigSchema, type RunConfigInput } from "../config/run-config.ts";

// What every plug-in and every strategy promises, tried on all of them: a new one is tested on arrival.

const source = join(import.meta.dirname, "..", "..");
const folders = ["strategies", "sizers", "risk", "costs", "regimes", "selectors"];

/** Everything that the files of the plug-in folders export and that says what kind of plug-in it is. */
async function shippedPlugins(): Promise<
  readonly { readonly file: string; readonly name: string; readonly value: unknown }[]
> {
  const files = folders.flatMap((folder) =>
    readdirSync(join(source, folder))
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
      .map((name) => join(folder, name)),
  );
  const modules = await Promise.all(
    files.map(async (file) => {
      const module = (await import(pathToFileURL(join(source, file)).href)) as Record<string, unknown>;
      return Object.values(module)
        .filter(
          (value): value is { kind: string; name: string } => typeof value === "object" && value !== null,
        )
        .filter((value) => "kind" in value && "name" in value)
        .map((value) => ({ file, name: value.name, value: value as unknown }));
    }),
  );
  return modules.flat();
}

const shipped = await shippedPlugins();
const built = new Set(shipped.map(({ value }) => value));
const builtStrategies = strategies.filter((one) => built.has(one));
const builtPlugins = plugins.filter((one) => built.has(one));

test("every plug-in and strategy of the folders is in the registry", () => {
  const known = new Set<unknown>([...strategies, ...plugins]);
  expect(shipped.length).toBeGreaterThan(20);
  expect(
    shipped.filter(({ value }) => !known.has(value)).map(({ file, name }) => `${file}: ${name}`),
  ).toEqual([]);
});

test("names are unique within their kind, in kebab case and sorted", () => {
  const kinds = ["sizer", "risk", "commission", "slippage", "selector", "regime"] as const;
  for (const list of [
    builtStrategies,
    ...kinds.map((kind) => builtPlugins.filter((one) => one.kind === kind)),
  ]) {
    const names = list.map(({ name }) => name);
    expect(names.filter((name) => !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))).toEqual([]);
    expect(names).toEqual([...new Set(names)].toSorted());
  }
});

test("summaries are sentences, and every option says what it is", () => {
  for (const { name, summary } of [...builtStrategies, ...builtPlugins]) {
    expect(`${name}: ${summary}`).toMatch(/: [A-Z].{10,}[^.]\.$/);
  }
  for (const { name, params } of allOptions()) {
    for (const [option, param] of Object.entries(params)) {
      expect(`${name}.${option}: ${param.summary}`).toMatch(/: \S.{5,}[^.]$/);
    }
  }
});

test("every default is in the range of its option", () => {
  for (const { name, params } of allOptions()) {
    for (const [option, param] of Object.entries(params))
      expect([name, option, isInRange(param)]).toContain(true);
    expect(() => resolveParams(name, params, {})).not.toThrow();
  }
  for (const { name, params, where } of builtStrategies) {
    if (where !== undefined)
      expect([name, where(resolveParams(name, params as Params, {}))]).toEqual([name, true]);
  }
});

function allOptions(): readonly { readonly name: string; readonly params: Params }[] {
  return [
    ...builtStrategies.map(({ name, params }) => ({ name, params: params as Params })),
    ...builtPlugins.map(({ name, options }) => ({ name, params: options as Params })),
  ];
}

function isInRange(param: Param): boolean {
  if (param.kind === "bool" || param.kind === "text") return true;
  if (param.kind === "choice") return param.options.includes(param.default);
  const { min, max, step } = param;
  return min < max && step > 0 && param.default >= min && param.default <= max;
}

test.each(builtPlugins.map((one) => [`${one.kind} ${one.name}`, one] as const))(
  "%s is made from its defaults",
  (_, { kind, name }) => {
    const made = createPlugin(kind, { use: name }, testTools([barsFrom([]), barsFrom([])]));
    expect(made).toBeTypeOf(kind === "regime" ? "function" : "object");
  },
);

/** One market of each kind; params are what a default of the strategy cannot know. */
const markets = [
  { name: "crypto hours", calendarName: "24/7", timeframe: "1h", bars: 2_400 },
  { name: "US share days", calendarName: "us-equity", timeframe: "1d", bars: 1_500 },
  { name: "currency hours", calendarName: "24/5", timeframe: "1h", bars: 2_400 },
] as const;
type TestMarket = (typeof markets)[number];

/** On daily bars the higher timeframe is the week. */
const dailyParams: Readonly<Record<string, Readonly<Record<string, ParamValue>>>> = {
  "multi-timeframe-srsi": { confirm: "1w" },
  template: { higher: "1w" },
};

const madeBars = new Map<string, readonly Bars[]>();

function barsOf({ calendarName, timeframe, bars }: TestMarket, symbols = 1): readonly Bars[] {
  const key = `${calendarName} ${symbols}`;
  const made =
    madeBars.get(key) ??
    syntheticMarket({
      seed: 20_261_120,
      symbols,
      timeframe,
      bars,
      startMs: Date.UTC(2015, 0, 1),
      calendarName,
    }).bars;
  madeBars.set(key, made);
  return made;
}

function runOn(
  market: TestMarket,
  strategy: AnyStrategy,
  input: RunConfigInput = {},
  bars: readonly Bars[] = barsOf(market),
  extra: Readonly<Record<string, ParamValue>> = {},
): BacktestResult {
  const config = runConfigSchema.parse({ instruments: { "*": { calendar: market.calendarName } }, ...input });
  const params = { ...(market.timeframe === "1d" ? dailyParams[strategy.name] : {}), ...extra };
  const reads = "model" in strategy.params || config.sizing.use === "confidence";
  const externals = reads ? bars.flatMap(wavesOf) : [];
  return runBacktest({ bars, strategy, params, config, externals });
}

/** What a model might say: sure of a rise and sure of a fall in turns, row by row from the bars' own number on. */
function wavesOf({ symbol, timeframe, closeTimeMs, length }: Bars): readonly Bars[] {
  return ["low", "probability", "high", "horizon"].map((output, k) => {
    const wave = (row: number) => 0.5 + 0.2 * Math.sin(row / 40) + (k - 1) / 20;
    const values = Float64Array.from({ length }, (_, row) => (output === "horizon" ? 24 : wave(row)));
    const columns = { open: values, high: values, low: values, close: values, volume: values };
    const name = predictionName({ model: "direction", output, symbol });
    return barsOfColumns(name, timeframe, { closeTimeMs: closeTimeMs.subarray(0, length), ...columns });
  });
}

function eventsOf({ log }: BacktestResult): readonly DecisionEvent[] {
  return Array.from({ length: log.events.length }, (_, k) => log.events.at(k));
}

/** Start + realised + unrealised - fees - charges is the equity, and so is cash + the value of what is held. */
function expectMoneyConserved({ session, setup }: BacktestResult): void {
  const { ledger } = session.portfolio;
  let value = 0;
  let unrealised = 0;
  for (const index of ledger.held) {
    value += ledger.quantity[index]! * ledger.lastPrice[index]!;
    unrealised += ledger.quantity[index]! * (ledger.lastPrice[index]! - ledger.averagePrice[index]!);
  }
  const start = setup.config.account.cash;
  expect(session.portfolio.equity).toBeCloseTo(ledger.cash + value, 6);
  expect(session.portfolio.equity).toBeCloseTo(
    start + ledger.realizedPnl + unrealised - ledger.feesPaid - ledger.chargesPaid,
    6,
  );
}

const marketsByName = markets.map((market) => [market.name, market] as const);

const madeRuns = new Map<string, BacktestResult>();

/** The run of a strategy on the whole of a market, made once for all tests that look at it. */
function wholeRun(market: TestMarket, strategy: AnyStrategy): BacktestResult {
  const key = `${market.name} ${strategy.name}`;
  const made = madeRuns.get(key) ?? runOn(market, strategy);
  madeRuns.set(key, made);
  return made;
}

describe.each(builtStrategies.map((one) => [one.name, one] as const))("%s", (_, strategy) => {
  afterAll(() => madeRuns.clear());

  test.each(marketsByName)("trades %s, and no money appears or vanishes", (_, market) => {
    const result = wholeRun(market, strategy);
    expect(result.funnel.fills).toBeGreaterThan(0);
    expect(result.log.equity.subarray(0, result.log.length).every(Number.isFinite)).toBe(true);
    expectMoneyConserved(result);
  });

  test.each(marketsByName)("decides alike twice on %s", (_, market) => {
    expect(runOn(market, strategy).decisionsHash).toBe(wholeRun(market, strategy).decisionsHash);
  });

  test.each(marketsByName)("decides on the start of %s what it decides on all of it", (_, market) => {
    const bars = barsOf(market)[0]!;
    const all = eventsOf(wholeRun(market, strategy));
    for (const share of [0.55, 0.7, 0.9]) {
      const fromMs = bars.closeTimeMs[Math.floor(bars.length * share)]!;
      // It ends with a bar on which something is said: who saw the one behind it would say it otherwise.
      const endMs = all.find(({ kind, timeMs }) => kind === "signal" && timeMs >= fromMs)?.timeMs ?? fromMs;
      const cut = bars.closeTimeMs.indexOf(endMs) + 1;
      const start = eventsOf(runOn(market, strategy, {}, [sliceBars(bars, 0, cut)]));
      const lastMs = bars.closeTimeMs[cut - 1]!;
      expect(start).toEqual(all.filter(({ timeMs }) => timeMs <= lastMs));
    }
  });

  test("is never short in a cash account, nor in a margin account that it was not told to be short in", () => {
    for (const kind of ["cash", "margin"] as const) {
      const { trades } = runOn(markets[0], strategy, { account: { kind } });
      expect(trades.filter(({ side }) => side === "short")).toEqual([]);
    }
  });

  test.runIf("short" in strategy.params)("goes short when told to", () => {
    // A choice goes short where it gives the money to whoever does.
    const params =
      "selector" in strategy.params ? { short: true, selector: "equal-weight" } : { short: true };
    const result = runOn(markets[0], strategy, { account: { kind: "margin" } }, undefined, params);
    expect(result.trades.some(({ side }) => side === "short")).toBe(true);
    expectMoneyConserved(result);
  });
});

function namesOf(kind: AnyPlugin["kind"]): readonly string[] {
  return builtPlugins.filter((one) => one.kind === kind).map(({ name }) => name);
}

test.each(namesOf("sizer"))("the sizer %s sizes a run of several symbols with stops", (use) => {
  const result = runOn(
    markets[0],
    smaCross,
    // Waves promise more than they keep.
    { sizing: { use, ...(use === "confidence" ? { driftLimit: 10 } : {}) }, protection: { stopAtr: 3 } },
    barsOf(markets[0], 3),
  );
  expect(result.trades.length).toBeGreaterThan(0);
  expectMoneyConserved(result);
});

test.each(namesOf("risk"))("the risk rule %s lives through a run", (use) => {
  const result = runOn(markets[0], smaCross, { risk: { rules: [{ use }] } }, barsOf(markets[0], 3));
  expect(result.funnel.signals).toBeGreaterThan(0);
  expectMoneyConserved(result);
});

test.each(["conservative", "moderate", "aggressive"] as const)("the risk profile %s trades", (profile) => {
  const result = runOn(markets[0], smaCross, { risk: { profile } });
  expect(result.trades.length).toBeGreaterThan(0);
  expectMoneyConserved(result);
});

test.each([
  ...namesOf("commission").map((use) => ["commission", use]),
  ...namesOf("slippage").map((use) => ["slippage", use]),
])("the %s %s makes a run dearer than none", (kind, use) => {
  const free = { commission: { use: "rate", rate: 0 }, slippage: { use: "fixed", rate: 0 } };
  const account = { kind: "margin" } as const;
  const costs = { ...free, [kind!]: { use: use! } };
  const dear = runOn(markets[1], smaCross, { account, costs });
  const cheap = runOn(markets[1], smaCross, { account, costs: free });
  const paid = ({ session: { portfolio } }: BacktestResult) =>
    portfolio.ledger.feesPaid + portfolio.ledger.slippagePaid;
  // Without costs only the rounding of a price to its tick remains.
  expect(paid(dear)).toBeGreaterThan(10 * paid(cheap));
  expectMoneyConserved(dear);
});

test.each(namesOf("selector"))("the selector %s trades for a meta-strategy", (use) => {
  const chooser = metaStrategy({
    name: "test-meta",
    summary: "Chooses between two.",
    params: {},
    plan: () => ({
      arsenal: [{ strategy: smaCross }, { strategy: meanReversion }],
      regime: { use: "bull-bear", averageBars: 50 },
      selector: { use },
      windowBars: 300,
      measuredBarsMin: 100,
    }),
  });
  const result = runOn(markets[0], chooser);
  expect(result.funnel.fills).toBeGreaterThan(0);
  expect(result.decisionsHash).toBe(runOn(markets[0], chooser).decisionsHash);
  expectMoneyConserved(result);
});

/** Settings with which a detector has something to say within the bars of a test. */
const quickRegimes: Readonly<Record<string, Readonly<Record<string, ParamValue>>>> = {
  hmm: { trainBarsMin: 500, refitBars: 200 },
  "hmm-model": { model: "contract" },
  "volatility-trend": { usualBars: 300 },
};

/** A detector with its quick settings; the stored model that it may ask for was trained on the first 800 bars. */
function detectorOf(use: string, bars: Bars): RegimeDetector {
  const regimeModel = () => {
    const { values, length } = trainingRows(bars, 12, 0, 800);
    const fit = fitHmm(values, length, { states: 3, features: 2, covariance: "full", seed: 1, restarts: 3 });
    const about = { name: "contract", version: 1, dataFingerprint: "", seed: 1, codeVersion: "test" };
    return artifactOf(fit, { ...about, bars, fromRow: 0, toRow: 800, blockBars: 12 });
  };
  const tools = { ...testTools([bars]), regimeModel };
  return createPlugin("regime", { use, ...quickRegimes[use] }, tools);
}

describe.each(namesOf("regime"))("the regime detector %s", (use) => {
  test.each(marketsByName)("says on every bar of %s how likely each regime is", (_, market) => {
    const bars = barsOf(market)[0]!;
    const { columns, labels } = foldRegime(detectorOf(use, bars), bars, market.calendarName);
    for (let row = 0; row < bars.length; row++) {
      const shares = columns.slice(0, 5).map((column) => column[row]!);
      expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
      expect(columns[5]![row]).toBe(regimeLabels.indexOf(labels[row]!));
      const isNew = row === 0 || labels[row] !== labels[row - 1];
      expect(columns[6]![row]).toBe(isNew ? 0 : columns[6]![row - 1]! + 1);
    }
    expect(labels[0]).toBe("unknown");
    expect(labels.slice(-400).some((label) => label !== "unknown")).toBe(true);
  });

  test.each(marketsByName)("says at the start of %s what it says on all of it", (_, market) => {
    const bars = barsOf(market)[0]!;
    const detect = detectorOf(use, bars);
    const { columns } = foldRegime(detect, bars, market.calendarName);
    for (const share of [0.3, 0.55, 0.9]) {
      const cut = Math.floor(bars.length * share);
      const start = foldRegime(detect, sliceBars(bars, 0, cut), market.calendarName);
      expect(start.columns).toEqual(columns.map((column) => column.slice(0, cut)));
    }
  });

  test("survives prices that never move and bars that are missing", () => {
    const bars = barsOf(markets[0])[0]!;
    const still = {
      ...bars,
      high: bars.open.map(() => 7),
      low: bars.open.map(() => 7),
      close: bars.open.map(() => 7),
    };
    expect(new Set(foldRegime(detectorOf(use, bars), still).labels)).toEqual(new Set(["unknown"]));
    const close = bars.close.map((price, row) => (row % 50 === 7 ? Number.NaN : price));
    const { columns } = foldRegime(detectorOf(use, bars), { ...bars, close });
    for (let row = 0; row < bars.length; row++) {
      expect(Number.isNaN(columns[0]![row]!)).toBe(row % 50 === 7);
    }
  });
});

/** The tightest setting of every rule: with it nothing may be opened at all. A new rule must say what that is. */
const tightest: Readonly<Record<string, Readonly<Record<string, ParamValue>>>> = {
  "bad-data": { goodBarsMin: 10 },
  "buying-power": { reserve: 1 },
  "correlated-exposure": { limit: 0 },
  "daily-loss-halt": { limit: 0 },
  "drawdown-halt": { limit: 0 },
  "duplicate-order": { spanMs: 86_400_000 },
  "gross-exposure": { limit: 0 },
  "open-positions": { limit: 0 },
  "order-notional": { money: 0 },
  "order-rate": { limit: 0 },
  "order-size": { units: 0 },
  "position-limit": { limit: 0 },
  "price-collar": { limit: 0 },
  "stale-data": { barsMax: 0, maxAgeMs: 1 },
  "trading-state": {},
  "value-at-risk": { limit: 0, method: "ewma", instantsMin: 2 },
  "volatility-breaker": { multiple: 0, atrLength: 1, averageLength: 2 },
};

test.each(namesOf("risk"))(
  "behind the rule %s at its tightest no order opens or enlarges a position",
  (use) => {
    expect(tightest[use]).toBeDefined();
    fc.assert(
      fc.property(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -10, max: 10 }), (held, change) => {
        fc.pre(change !== 0);
        const approved = approvedChange({ use, ...tightest[use] }, held, change);
        const after = held + approved;
        expect(Math.abs(after)).toBeLessThanOrEqual(Math.abs(held));
        expect(after * held).toBeGreaterThanOrEqual(0);
        // What only reduces always passes, and of a reversal the closing part.
        if (change * held < 0)
          expect(approved).toBe(Math.sign(change) * Math.min(Math.abs(change), Math.abs(held)));
      }),
      { seed: 20_261_120 },
    );
  },
);

/** What a gate with one rule lets through of a market order, ten hours after the last of four hourly bars. */
function approvedChange(choice: PluginChoice, held: number, change: number): number {
  const bars = barsFrom([10, 11, 12, 11].map((close) => [close, close + 1, close - 1, close]));
  const tools = {
    ...testTools([bars]),
    tradingState: () => ({ state: "reducing", reason: "a person" }) as const,
  };
  const ledger = new Ledger(1_000, tools.market.instruments, [{ kind: "fixed", rate: 1 }]);
  const portfolio = new Portfolio(ledger, new TradeBook([bars]), [bars]);
  const gate = new RiskGate(tools.market, (market) => [
    { name: choice.use, rule: createPlugin("risk", choice, { ...tools, market }) },
  ]);
  if (held !== 0) portfolio.book(fillOf(held), "test");
  for (let row = 0; row < 4; row++) {
    const slice = sliceAt(bars.closeTimeMs[row]!, row);
    portfolio.mark(slice);
    gate.observe(slice, portfolio);
  }
  const lateMs = bars.closeTimeMs[3]! + 10 * hourMs;
  gate.observe(sliceAt(lateMs), portfolio);
  const order = marketOrder({
    side: change > 0 ? "buy" : "sell",
    quantity: Math.abs(change),
    requestedMs: lateMs,
    ...(choice.use === "price-collar" ? { terms: { type: "limit", limitPrice: 12 } } : {}),
  });
  const review = (orders: readonly OrderRequest[]) =>
    gate.review(
      { cancels: [], changes: [], orders: [...orders], unchanged: 0 },
      portfolio,
      new OrderTracker(),
      lateMs,
    );
  if (choice.use === "duplicate-order") review([{ ...order, id: 2 as OrderId }]);
  const { approved } = review([order]);
  return approved.reduce((sum, { side, quantity }) => sum + signOf(side) * quantity, 0);
}

function fillOf(held: number): Fill {
  return {
    fillId: 1,
    orderId: 1 as OrderId,
    instrument: 0 as InstrumentIndex,
    side: held > 0 ? "buy" : "sell",
    quantity: Math.abs(held),
    cumulativeQuantity: Math.abs(held),
    price: 10,
    fee: 0,
    slippageCost: 0,
    liquidity: "taker",
    timeMs: 0,
  };
}
