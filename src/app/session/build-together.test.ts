import { expect, test } from "vitest";
import { dayMs } from "../../base/time.ts";
import { sliceBars } from "../../domain/bars.ts";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { roc } from "../../indicators/roc.ts";
import { sma } from "../../indicators/sma.ts";
import { portfolioStrategy, type RebalanceContext } from "../../ports/portfolio-strategy.ts";
import { metaStrategy, strategy, type AnyStrategy } from "../../ports/strategy.ts";
import { buyAndHold } from "../../strategies/buy-and-hold.ts";
import { dailyBars, firstDayMs, runTogether, storyOf } from "../../../test/portfolio-harness.ts";

type View = RebalanceContext<{}, { close: never }, undefined>;

/** A portfolio strategy on closes alone that decides at every bar, or as it is told. */
function deciding(onRebalance: (view: View) => void, more: object = {}): AnyStrategy {
  return portfolioStrategy({
    name: "deciding",
    summary: "For this test.",
    params: {},
    schedule: "bar",
    setup: ({ bars }) => ({ close: bars.close as never }),
    onRebalance,
    ...more,
  });
}

const flat = (price: number, days: number) => Array.from({ length: days }, () => price);

test("the highest are held in equal parts; what falls out of the ranking is sold before its successor is bought", () => {
  const bars = [
    dailyBars("AAA", [10, 10, 20, 20, 20, 20]),
    dailyBars("BBB", [10, 12, 12, 12, 30, 30]),
    dailyBars("CCC", [1, 1, 1, 1, 1, 1]),
  ];
  const subject = deciding(({ rank, target, closeOthers }) => {
    for (const symbol of rank("close").slice(0, 1)) target(symbol, 1, "highest");
    closeOthers("not the highest");
  });
  const result = runTogether(subject, bars);
  // Opens are the closes before: on day 3 BBB (12) is bought, on day 4 AAA (20), on day 6 BBB (30) again.
  expect(storyOf(result, ["fill"])).toEqual([
    "2024-01-03 fill BBB 833@12",
    "2024-01-04 fill BBB -833@12",
    "2024-01-04 fill AAA 500@20",
    "2024-01-06 fill AAA -500@20",
    "2024-01-06 fill BBB 333@30",
  ]);
});

test("a symbol that is listed later becomes a member when its own series have warmed up, and holds nobody up", () => {
  const late = [...Array.from({ length: 5 }, () => Number.NaN), ...flat(5, 5)];
  const seen: string[] = [];
  const subject = deciding(({ members, timeMs }) => {
    seen.push(`${(timeMs - firstDayMs) / dayMs}: ${members.join(" ")}`);
  });
  runTogether(subject, [dailyBars("LATE", late), dailyBars("OLD", flat(7, 10))]);
  // Every series needs one bar before it, so that `prev` can be read.
  expect(seen).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10].map((day) => `${day}: ${day >= 7 ? "LATE OLD" : "OLD"}`));
});

test("a month is decided on at its first close", () => {
  const days: string[] = [];
  const subject = deciding(({ timeMs }) => void days.push(new Date(timeMs - 1).toISOString().slice(0, 10)), {
    schedule: "monthly",
  });
  runTogether(subject, [dailyBars("AAA", flat(5, 70))]);
  expect(days).toEqual(["2024-02-01", "2024-03-01"]);
});

test("a run that is told where to begin decides there first", () => {
  const days: number[] = [];
  const subject = deciding(({ timeMs }) => void days.push((timeMs - firstDayMs) / dayMs), {
    schedule: "monthly",
  });
  runTogether(subject, [dailyBars("AAA", flat(5, 70))], {}, { tradeFromMs: firstDayMs + 10 * dayMs });
  expect(days).toEqual([10, 32, 61]);
});

test("a holding whose bars stop is marked at its last close and closed there after five sessions, with slippage and the delisting return", () => {
  const bars = [dailyBars("DEAD", [...flat(100, 4), 80]), dailyBars("LIVE", flat(10, 14))];
  const config = {
    execution: { delistingReturn: -0.25, rebalanceBand: 1 },
    costs: { commission: { use: "rate", rate: 0 }, slippage: { use: "fixed", rate: 0.01 }, borrowRate: 0 },
  };
  const once = deciding(({ target, members }) => {
    if (members.includes("DEAD")) target("DEAD", 0.5, "while it is there");
  });
  const result = runTogether(once, bars, config);
  // Half of 10,000 at a close of 100, bought 1 % worse; the last bar is that of day 5, day 10 the fifth without one; 80 x 0.75 x 0.99.
  expect(storyOf(result, ["fill"]).slice(0, 2)).toEqual([
    "2024-01-03 fill DEAD 50@101",
    "2024-01-11 fill DEAD -50@59.4",
  ]);
  expect(storyOf(result, ["signal"]).at(-1)).toBe("2024-01-10 signal DEAD 0 delisted");
  const equityOn = (day: number) => result.session.recorder.log.equity[day - 1]!;
  expect([5, 8, 10].map(equityOn)).toEqual([10_000 - 50 * 21, 10_000 - 50 * 21, 10_000 - 50 * 21]);
  expect(equityOn(11)).toBeCloseTo(10_000 - 50 * (101 - 59.4), 8);
  expect(result.session.pipeline.listings!.delistings).toMatchObject([
    {
      instrument: 0,
      isAnnounced: false,
      lastBarMs: firstDayMs + 5 * dayMs,
      noticedMs: firstDayMs + 10 * dayMs,
      lastPrice: 80,
    },
  ]);
});

test("an ordinary strategy loses what is delisted in the same way, and a short is bought back", () => {
  const bars = [dailyBars("DEAD", flat(100, 5)), dailyBars("LIVE", flat(10, 14))];
  const held = runTogether(buyAndHold, bars);
  expect(storyOf(held, ["fill"]).at(-1)).toBe("2024-01-11 fill DEAD -50@100");
  const short = deciding(({ target, members }) => {
    if (members.includes("DEAD")) target("DEAD", -0.5, "sold short");
  });
  const result = runTogether(short, bars, { execution: { delistingReturn: -1, rebalanceBand: 0 } });
  // What is worth nothing costs one tick to buy back.
  expect(storyOf(result, ["fill"]).at(1)).toBe("2024-01-11 fill DEAD 50@1e-8");
});

test("what was sold at its last close, for which no bar came, is closed as well", () => {
  const bars = [dailyBars("DEAD", flat(100, 5)), dailyBars("LIVE", flat(10, 14))];
  const sold = deciding(({ target, held, timeMs }) => {
    if (timeMs === firstDayMs + 2 * dayMs) target("DEAD", 0.5, "bought");
    if (timeMs === firstDayMs + 5 * dayMs && held.length > 0) target("DEAD", 0, "sold");
  });
  const result = runTogether(sold, bars);
  expect(storyOf(result, ["fill"])).toEqual(["2024-01-03 fill DEAD 50@100", "2024-01-11 fill DEAD -50@100"]);
  expect(result.session.orders.instrumentsWithOrders()).toEqual([]);
});

test("a delisting is no decision of the strategy: bars and decisions are as many", () => {
  const bars = [dailyBars("DEAD", flat(100, 5)), dailyBars("LIVE", flat(10, 14))];
  const { funnel } = runTogether(buyAndHold, bars);
  expect(funnel.decisions).toBe(19);
});

test("where bars come again before the order is filled, it meets the real price", () => {
  const closes = [...flat(100, 5), ...Array.from({ length: 5 }, () => Number.NaN), 90, 90];
  const bars = [dailyBars("BACK", closes), dailyBars("LIVE", flat(10, 12))];
  const held = runTogether(buyAndHold, bars);
  expect(storyOf(held, ["fill"]).filter((line) => line.includes("BACK"))).toEqual([
    "2024-01-02 fill BACK 50@100",
    "2024-01-11 fill BACK -50@100",
  ]);
  expect(held.ground.bars[0]!.length).toBe(7);
});

test("an entry that waits for its price in a delisted symbol is withdrawn", () => {
  const bars = [dailyBars("DEAD", flat(100, 5)), dailyBars("LIVE", flat(10, 14))];
  const waiting = strategy({
    name: "waiting",
    summary: "For this test.",
    params: {},
    setup: () => ({}),
    onBar({ symbol, target, timeMs }) {
      if (symbol === "DEAD" && timeMs === firstDayMs + 2 * dayMs)
        target(1, { reason: "cheap", entry: { kind: "limit", price: 50 } });
    },
  });
  const result = runTogether(waiting, bars);
  expect(storyOf(result, ["canceled"])).toHaveLength(1);
  expect(result.session.orders.instrumentsWithOrders()).toEqual([]);
});

test("a member that leaves the universe is sold at the next decision, and cannot be bought while it is out", () => {
  const day = firstDayMs / dayMs;
  const membership = new Map([
    ["AAA", [{ fromDay: -Infinity, toDay: day + 4 }]],
    ["BBB", [{ fromDay: day, toDay: Infinity }]],
  ]);
  const bars = [dailyBars("AAA", flat(10, 7)), dailyBars("BBB", flat(10, 7)), dailyBars("CCC", flat(10, 7))];
  const equal = deciding(({ members, target }) => {
    for (const symbol of members) target(symbol, 0.5, "a member");
  });
  const result = runTogether(equal, bars, {}, { membership });
  // Until day 4 AAA is in; the close of day 5 is the first without it, and day 6 sells.
  expect(storyOf(result, ["fill"])).toEqual([
    "2024-01-03 fill AAA 500@10",
    "2024-01-03 fill BBB 500@10",
    "2024-01-06 fill AAA -500@10",
  ]);
  const stubborn = deciding(({ target }) => target("CCC", 1, "never a member"));
  expect(() => runTogether(stubborn, bars, {}, { membership })).toThrow(/wants to hold CCC .* no member/);
});

test("the universe of a strategy is what it may hold; the other symbols of the run are only there", () => {
  const bars = [dailyBars("AAA", flat(10, 5)), dailyBars("BBB", flat(10, 5))];
  const members: string[] = [];
  const subject = deciding((view) => void members.push(...view.members), { universe: ["BBB"] });
  runTogether(subject, bars);
  expect(new Set(members)).toEqual(new Set(["BBB"]));
  expect(() =>
    runTogether(
      deciding(() => {}, { universe: ["ZZZ"] }),
      bars,
    ),
  ).toThrow(/no bars of it/);
});

test("two targets for a symbol in one decision are an error, of a portfolio and of an ordinary strategy", () => {
  const bars = [dailyBars("AAA", flat(10, 5))];
  const twice = deciding(({ target }) => {
    target("AAA", 1, "yes");
    target("AAA", 0, "no");
  });
  expect(() => runTogether(twice, bars)).toThrow(/two targets for AAA .* 1 \(yes\) and 0/);
  const alone = strategy({
    name: "twice",
    summary: "For this test.",
    params: {},
    setup: () => ({}),
    onBar({ target }) {
      target(1, "yes");
      target(1, "yes");
    },
  });
  expect(() => runTogether(alone, bars)).toThrow(/two targets for AAA/);
});

test("cash, positions, weights and the largest number of positions are seen by both kinds of strategy", () => {
  const bars = [dailyBars("AAA", flat(10, 6)), dailyBars("BBB", flat(20, 6))];
  const config = { risk: { rules: [{ use: "open-positions", limit: 7 }] } };
  const seen: unknown[] = [];
  const together = deciding(({ cash, equity, held, position, weight, openPositionsMax, target }) => {
    seen.push([cash, equity, held.join(), position("AAA").quantity, weight("AAA"), openPositionsMax]);
    if (held.length === 0) target("AAA", 0.3, "a part");
  });
  runTogether(together, bars, config);
  expect(seen.slice(0, 2)).toEqual([
    [10_000, 10_000, "", 0, 0, 7],
    [7_000, 10_000, "AAA", 300, 0.3, 7],
  ]);
  const others: unknown[] = [];
  const alone = strategy({
    name: "looking",
    summary: "For this test.",
    params: {},
    setup: () => ({}),
    onBar({ symbol, cash, openPositions, openPositionsMax, positionOf, target }) {
      if (symbol === "AAA") return target(0.5, "a quarter of the money");
      others.push([cash, openPositions, openPositionsMax, positionOf("AAA").quantity]);
    },
  });
  runTogether(alone, bars, config);
  expect(others.slice(0, 2)).toEqual([
    [10_000, 0, 7, 0],
    [7_500, 1, 7, 250],
  ]);
});

test("a sizing other than a fraction is refused, and a fraction multiplies all weights", () => {
  const bars = [dailyBars("AAA", flat(10, 5))];
  const all = deciding(({ target }) => target("AAA", 1, "all"));
  expect(() => runTogether(all, bars, { sizing: { use: "volatility-target" } })).toThrow(
    /sizer volatility-target cannot be used/,
  );
  const half = runTogether(all, bars, { sizing: { use: "fixed-fraction", fraction: 0.5 } });
  expect(storyOf(half, ["fill"])).toEqual(["2024-01-03 fill AAA 500@10"]);
});

test("a portfolio strategy cannot be one of an arsenal, whose shadows know one symbol each", () => {
  const meta = metaStrategy({
    name: "meta",
    summary: "For this test.",
    params: {},
    plan: () => ({
      arsenal: [{ strategy: deciding(() => {}) }],
      regime: { use: "volatility-trend" },
      selector: { use: "equal-weight" },
      windowBars: 10,
      measuredBarsMin: 1,
    }),
  });
  expect(() => runTogether(meta, [dailyBars("AAA", flat(10, 20))])).toThrow(/decides on many symbols/);
});

const market = syntheticMarket({
  seed: 11,
  symbols: ["AAA", "BBB", "CCC", "DDD", "EEE", "FFF"],
  timeframe: "1d",
  bars: 700,
  startMs: Date.UTC(2020, 0, 1),
}).bars;
const rotation = portfolioStrategy({
  name: "rotation",
  summary: "For this test.",
  params: {},
  schedule: "weekly",
  setup: ({ bars, tf }) => ({ strength: roc(bars.close, 20), trend: sma(tf("1w").close, 4) }),
  onRebalance({ rank, series, target, closeOthers }) {
    for (const symbol of rank("strength").slice(0, 2)) {
      if (series(symbol).trend.now > 0) target(symbol, 0.5, "strong");
    }
    closeOthers("weak");
  },
});
/** Some are listed late, some delisted early. */
const ragged = market.map((table, k) => sliceBars(table, k * 40, k % 2 === 0 ? 700 : 500 + 30 * k));

test("what a portfolio wants rests on the past alone: with the future cut off, every event until then is the same", () => {
  const events = (untilMs: number) => {
    const tables = ragged.map((table) => {
      const rows = table.closeTimeMs.filter((timeMs) => timeMs <= untilMs).length;
      return sliceBars(table, 0, rows);
    });
    return storyOf(runTogether(rotation, tables), ["signal", "order", "fill"]);
  };
  const whole = events(Infinity);
  expect(whole.filter((line) => line.endsWith("delisted")).length).toBeGreaterThan(0);
  for (const row of [300, 513, 560, 640]) {
    const cut = events(market[0]!.closeTimeMs[row]!);
    expect(cut.length).toBeGreaterThan(40);
    expect(cut).toEqual(whole.slice(0, cut.length));
  }
});

test("two runs of a portfolio are the same run, and its money is that of its fills", () => {
  const [one, other] = [runTogether(rotation, ragged), runTogether(rotation, ragged)];
  expect(one.decisionsHash).toBe(other.decisionsHash);
  expect(one.trades.length).toBeGreaterThan(20);
  const { ledger } = one.session.portfolio;
  const fromFills = Array.from({ length: one.log.events.length }, (_, row) => one.log.events.at(row))
    .filter(({ kind }) => kind === "fill")
    .reduce((cash, { first, second }) => cash - first * second, 10_000);
  expect(ledger.cash).toBeCloseTo(fromFills, 6);
});
