import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runConfigSchema, maintenanceMarginOf, type RunConfigInput } from "../src/app/config/run-config.ts";
import { runBacktest, type BacktestResult } from "../src/app/runs/run-backtest.ts";
import { hourMs } from "../src/base/time.ts";
import { barsOf, type Bars } from "../src/domain/bars.ts";
import { field } from "../src/domain/expression.ts";
import type { InstrumentIndex } from "../src/domain/instrument.ts";
import type { OrderId, OrderRequest, OrderTerms } from "../src/domain/order.ts";
import { strategy } from "../src/ports/strategy.ts";
import { VenueHarness, type Quad } from "./venue-harness.ts";

/*
 * docs/reference/fills.md, sentence by sentence. Every price below is reckoned by hand from the prices of the bars.
 */

const flat: Quad = [100, 100, 100, 100];
const [first, second] = [0, 1] as [InstrumentIndex, InstrumentIndex];
const closing = { reduceOnly: true, closePosition: true } as const;

function limit(limitPrice: number): OrderTerms {
  return { type: "limit", limitPrice };
}
function stop(stopPrice: number): OrderTerms {
  return { type: "stop_market", stopPrice };
}
function trailing(amount: number): OrderTerms {
  return { type: "trailing_stop_market", trail: { kind: "amount", amount } };
}

type HarnessArguments = ConstructorParameters<typeof VenueHarness>;

/** A venue after a first bar at 100. */
function opened(...harnessArguments: HarnessArguments): VenueHarness {
  const harness = new VenueHarness(...harnessArguments);
  harness.bar(...(harnessArguments[3] ?? ["TEST"]).map(() => flat));
  return harness;
}

/** The same with a position of `quantity` that was opened at 100. */
function holding(quantity: number, ...harnessArguments: HarnessArguments): VenueHarness {
  const harness = opened(...harnessArguments);
  harness.send({ side: quantity > 0 ? "buy" : "sell", quantity: Math.abs(quantity) });
  harness.bar(...(harnessArguments[3] ?? ["TEST"]).map((): Quad => [...flat.slice(0, 4), 1e6] as never));
  return harness;
}

function after(order: Partial<OrderRequest>, ...bars: readonly Quad[]): readonly string[] {
  const harness = opened();
  harness.send(order);
  return bars.flatMap((bar) => harness.story(bar));
}

/** Daily bars that open and close at the given prices, and a run over them that wants `weight` at the third close. */
function run(
  config: RunConfigInput,
  closesBySymbol: Readonly<Record<string, readonly number[]>>,
  weight = 1,
) {
  const bars = Object.entries(closesBySymbol).map(([symbol, closes]): Bars => {
    const price = Float64Array.from(closes);
    const closeTimeMs = Float64Array.from(closes, (_, row) => Date.UTC(2024, 0, 2 + row));
    return barsOf(symbol, "1d", {
      closeTimeMs,
      open: Float64Array.from(closes, (close, row) => closes[row - 1] ?? close),
      high: price.map((close, row) => Math.max(close, closes[row - 1] ?? close)),
      low: price.map((close, row) => Math.min(close, closes[row - 1] ?? close)),
      close: price,
      volume: price.map(() => 1e9),
    });
  });
  const traded = bars[0]!.symbol;
  const subject = strategy({
    name: "script",
    summary: "Wants a weight of the first symbol and gives it up again.",
    params: {},
    setup: () => ({ close: field("close") }),
    memory: () => ({ bar: 0 }),
    onBar({ symbol, memory, target }) {
      memory.bar += 1;
      if (symbol !== traded) return;
      if (memory.bar === 2) target(weight, { reason: "in" });
      if (memory.bar === 5) target(0, { reason: "out" });
    },
  });
  const free: RunConfigInput = {
    costs: {
      commission: { use: "rate", rate: 0 },
      slippage: { use: "fixed", rate: 0 },
      borrowRate: 0,
    },
    sizing: { use: "fixed-fraction", fraction: 1 },
    instruments: { "*": { calendar: "24/7" } },
  };
  return runBacktest({
    bars,
    strategy: subject,
    params: {},
    config: runConfigSchema.parse({ ...free, ...config }),
  });
}

function equityAfter({ log }: BacktestResult): number {
  return log.equity[log.length - 1]!;
}

const rules: Readonly<Record<string, () => void>> = {
  // When
  "A decision is made at the close of a bar, and its orders fill from the next bar on.": () => {
    const harness = new VenueHarness();
    expect(harness.story([90, 91, 89, 90])).toEqual([]);
    harness.send({});
    expect(harness.story([101, 105, 99, 103])).toEqual(["#1 1@101"]);
  },
  "With `latencyMs` an order, a cancel and a change reach the venue that much later.": () => {
    const harness = opened({ latencyMs: 1.5 * hourMs });
    const order = harness.send({ terms: limit(95) });
    expect(harness.answer).toEqual({ kind: "underway" });
    expect(harness.story([100, 100, 90, 100])).toEqual([]);
    expect(harness.story([100, 100, 90, 100])).toEqual([]);
    harness.modify(order, { terms: limit(80) });
    harness.cancel(order);
    expect(harness.story([100, 100, 97, 100])).toEqual([]);
    expect(harness.story([100, 100, 97, 100])).toEqual(["#1 canceled: canceled on request"]);
  },
  "A market order that becomes active inside a bar pays the part of the way from the open to the bar's worst price that corresponds to the time that has passed.":
    () => {
      const harness = opened({ latencyMs: hourMs / 4 });
      harness.send({});
      expect(harness.story([100, 108, 99, 104])).toEqual(["#1 1@102"]);
      harness.send({ side: "sell" });
      expect(harness.story([104, 105, 96, 104])).toEqual(["#2 1@102"]);
    },
  "A cancel that arrives inside a bar comes too late for what that bar fills.": () => {
    const harness = opened({ latencyMs: hourMs / 2 });
    const order = harness.send({ terms: limit(95) });
    expect(harness.story(flat)).toEqual([]);
    harness.cancel(order);
    expect(harness.story([96, 97, 94, 96])).toEqual([
      "#1 1@95",
      "#1 cancel_rejected: the order has filled before",
    ]);
  },
  "A change that arrives inside a bar counts from the next bar on.": () => {
    const harness = opened({ latencyMs: hourMs / 2 });
    const order = harness.send({ terms: limit(95) });
    harness.bar(flat);
    harness.modify(order, { terms: limit(97) });
    expect(harness.bar([100, 100, 96, 100]).map(({ kind }) => kind)).toEqual(["modified"]);
    expect(harness.story([100, 100, 96, 100])).toEqual(["#1 1@97"]);
  },
  "A fill is stamped with the close of the bar it happened in, because that is when it becomes known.":
    () => {
      const harness = opened();
      harness.send({});
      expect(harness.bar(flat)).toMatchObject([{ fill: { timeMs: 2 * hourMs } }]);
    },
  "Time alone ends orders too: a date that has passed, the end of the trading day and a cancel on its way are told on a slice without bars.":
    () => {
      const harness = opened({ latencyMs: hourMs / 2 });
      harness.send({ timeInForce: "gtd", expireTimeMs: 2.5 * hourMs, terms: limit(50) });
      harness.send({ timeInForce: "day", terms: limit(50) });
      const third = harness.send({ terms: limit(50) });
      expect(harness.story(flat)).toEqual([]);
      harness.cancel(third);
      expect(harness.heartbeat(hourMs / 4)).toEqual([]);
      expect(harness.heartbeat(hourMs * 0.6)).toEqual([
        "#1 expired: good till date has passed",
        "#3 canceled: canceled on request",
      ]);
      expect(harness.heartbeat(22 * hourMs)).toEqual([]);
      expect(harness.heartbeat(22 * hourMs + 1)).toEqual(["#2 expired: end of the trading day"]);
      expect(harness.venue.quietUntil(0, 1)).toBe(1);
    },

  // At what price
  "A market order fills at the open.": () => {
    expect(after({}, [101, 105, 99, 103])).toEqual(["#1 1@101"]);
  },
  "A limit order fills at the open if that is its limit or better.": () => {
    expect(after({ terms: limit(98) }, flat, [98, 99, 98, 99])).toEqual(["#1 1@98"]);
    expect(after({ terms: limit(98) }, [95, 99, 94, 96])).toEqual(["#1 1@95"]);
    expect(after({ side: "sell", terms: limit(102) }, [104, 105, 103, 104])).toEqual(["#1 1@104"]);
  },
  "Inside a bar a limit order fills at its limit, and only if the bar trades through it: at a touch, others were in the queue first.":
    () => {
      expect(after({ terms: limit(98) }, [100, 101, 98, 99], [100, 101, 97.99, 99])).toEqual(["#1 1@98"]);
      expect(after({ side: "sell", terms: limit(102) }, [100, 102, 99, 101])).toEqual([]);
    },
  "A stop fills at the open if the bar opens beyond it, else at its price.": () => {
    expect(after({ side: "sell", terms: stop(95) }, [90, 92, 88, 91])).toEqual(["#1 1@90"]);
    expect(after({ side: "sell", terms: stop(95) }, [100, 101, 95, 96])).toEqual(["#1 1@95"]);
    expect(after({ terms: stop(105) }, [110, 112, 108, 111])).toEqual(["#1 1@110"]);
    expect(after({ terms: stop(105) }, [100, 104.99, 99, 101])).toEqual([]);
  },
  "A stop-limit triggers like a stop and is a limit order from then on.": () => {
    const terms = { type: "stop_limit", stopPrice: 95, limitPrice: 94 } as const;
    expect(after({ side: "sell", terms }, [90, 91, 88, 89], [90, 95, 89, 94])).toEqual(["#1 1@94"]);
  },
  "In the bar that triggers a stop-limit, it fills at the trigger price if its limit allows, or at its limit if the close proves that the price went there.":
    () => {
      const allowed = { type: "stop_limit", stopPrice: 95, limitPrice: 94 } as const;
      expect(after({ side: "sell", terms: allowed }, [100, 101, 93, 96])).toEqual(["#1 1@95"]);
      const above = { type: "stop_limit", stopPrice: 95, limitPrice: 97 } as const;
      expect(after({ side: "sell", terms: above }, [100, 101, 93, 98])).toEqual(["#1 1@97"]);
      expect(after({ side: "sell", terms: above }, [100, 101, 93, 96])).toEqual([]);
    },
  "An order that triggers when it is touched fills at the open or at its trigger price.": () => {
    const terms = { type: "market_if_touched", triggerPrice: 105 } as const;
    expect(after({ side: "sell", terms }, [100, 105, 99, 101])).toEqual(["#1 1@105"]);
    expect(after({ side: "sell", terms }, [108, 109, 107, 108])).toEqual(["#1 1@108"]);
    const limited = { type: "limit_if_touched", triggerPrice: 95, limitPrice: 94 } as const;
    expect(after({ terms: limited }, [100, 100, 95, 96])).toEqual([]);
    expect(after({ terms: limited }, [100, 100, 93, 93.5])).toEqual(["#1 1@94"]);
  },
  "A trailing stop fills like a stop at the level that the bars before have left.": () => {
    const order = { side: "sell", terms: trailing(5) } as const;
    expect(after(order, [100, 110, 99, 109], [109, 111, 104, 110])).toEqual(["#1 1@105"]);
    expect(after(order, [100, 110, 99, 109], [103, 104, 102, 104])).toEqual(["#1 1@103"]);
  },
  "Then the bar's own best price moves the level of a trailing stop, and if the close lies beyond it, the order fills at the close.":
    () => {
      expect(after({ side: "sell", terms: trailing(12) }, [100, 120, 99, 105])).toEqual(["#1 1@105"]);
      expect(after({ terms: trailing(12) }, [100, 101, 80, 95])).toEqual(["#1 1@95"]);
      expect(after({ side: "sell", terms: trailing(12) }, [100, 120, 99, 108.5])).toEqual([]);
    },
  "A stop that fills in part stays triggered: the rest is a market order at the next opportunity.": () => {
    for (const terms of [stop(95), trailing(5), { type: "market_if_touched", triggerPrice: 103 } as const]) {
      const harness = holding(70, { volumeShareMax: 0.1 });
      harness.send({ ...closing, side: "sell", quantity: 70, terms });
      expect(harness.story([100, 103, 94, 100, 200])).toHaveLength(1);
      expect(harness.story([101, 101, 101, 101, 0])).toEqual([]);
      expect(harness.story([102, 102, 102, 102, 9_000])).toEqual(["#2 50@102"]);
    }
  },
  "Takers pay slippage, rounded to the tick against them.": () => {
    const harness = opened({ slippage: { fraction: () => 0.00123, rate: () => 0 } });
    harness.send({});
    expect(harness.story(flat)).toEqual(["#1 1@100.13"]);
    harness.send({ side: "sell" });
    expect(harness.story(flat)).toEqual(["#2 1@99.87"]);
  },
  "Limit orders that wait pay no slippage, and none ever pays more than its limit.": () => {
    const harness = opened({ slippage: { fraction: () => 0.01, rate: () => 0 } });
    harness.send({ terms: limit(99) });
    expect(harness.story([100, 100, 98, 99])).toEqual(["#1 1@99"]);
    harness.send({ terms: limit(100) });
    expect(harness.story([99.99, 100, 99, 99.5])).toEqual(["#2 1@100"]);
  },
  "Where a file has [bid and ask](../how-to/costs.md#bid-and-ask), takers pay the distance to their side, and a limit fills where that side went through it.":
    () => {
      const half = { within: () => 0.5, known: () => 0.5 };
      // What takers pay comes to the venue as slippage.
      const slippage = { fraction: () => 0.5 / 100, rate: () => 0 };
      const harness = opened({ halfSpreads: [half], slippage });
      harness.send({});
      harness.send({ side: "sell" });
      expect(harness.story(flat)).toEqual(["#1 1@100.5", "#2 1@99.5"]);
      harness.send({ terms: limit(99) });
      // An ask of 99 is a touch, one of 98.99 is through; the bid of a seller mirrors it.
      expect(harness.story([100, 100, 98.5, 99])).toEqual([]);
      expect(harness.story([100, 100, 98.49, 99])).toEqual(["#3 1@99"]);
      harness.send({ side: "sell", terms: limit(101) });
      expect(harness.story([100, 101.5, 100, 100])).toEqual([]);
      expect(harness.story([100, 101.51, 100, 100])).toEqual(["#4 1@101"]);
    },

  // In what order
  "The opens of all symbols come first, and then what happens inside their bars.": () => {
    // The stop of the first symbol is reached inside its bar; the second is bought at the open before that.
    const harness = holding(1, {}, 10_000, {}, ["A", "B"]);
    harness.send({ ...closing, side: "sell", terms: stop(95) });
    harness.send({ instrument: second });
    expect(harness.story([100, 100, 94, 96], flat)).toEqual(["#3 1@100", "#2 1@95"]);
  },
  "What comes free inside a bar does not pay for another symbol before the next open.": () => {
    const harness = holding(50, { accountKind: "cash" }, 10_000, {}, ["A", "B"]);
    harness.send({ ...closing, side: "sell", quantity: 50, terms: limit(110) });
    harness.send({ instrument: second, quantity: 90 });
    harness.send({ instrument: second, quantity: 10, terms: limit(95) });
    // 5,000 are there at the open; the 5,500 of A arrive inside the bar and are of use from the next open on.
    expect(harness.story([100, 111, 100, 111], [100, 100, 94, 100])).toEqual([
      "#3 50@100",
      "#3 canceled: the cash does not cover the whole order",
      "#2 50@110",
      "#4 rejected: the cash does not cover the whole order",
    ]);
    harness.send({ instrument: second, quantity: 55 });
    expect(harness.story(flat, flat)).toEqual(["#5 55@100"]);
  },
  "At the venue nothing depends on the names of symbols or on their order.": () => {
    const outcomes = [false, true].map((isSwapped) => {
      const harness = opened({ accountKind: "cash" }, 10_000, {}, ["A", "B"]);
      const [one, other] = isSwapped ? [second, first] : [first, second];
      harness.send({ instrument: one, quantity: 70 });
      harness.send({ instrument: other, quantity: 70 });
      harness.send({ instrument: other, quantity: 70, terms: limit(90) });
      harness.send({ instrument: one, quantity: 70, terms: limit(90) });
      const bars: [Quad, Quad] = [
        [100, 100, 80, 100],
        [50, 50, 40, 50],
      ];
      return harness.story(...(isSwapped ? bars.toReversed() : bars));
    });
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[0]!.slice(0, 3)).toEqual([
      "#1 70@100",
      "#2 60@50",
      "#2 canceled: the cash does not cover the whole order",
    ]);
  },
  "At an open, what reduces a position comes first, because it makes room.": () => {
    const harness = holding(100, { accountKind: "cash" }, 10_000, {}, ["A", "B"]);
    harness.send({ instrument: second, quantity: 100 });
    harness.send({ side: "sell", quantity: 100, reduceOnly: true });
    expect(harness.story(flat, flat)).toEqual(["#3 100@100", "#2 100@100"]);
  },
  "Then comes what opens, in the order in which it was sent.": () => {
    const harness = opened({ leverage: 1 }, 1_000, {}, ["A", "B"]);
    harness.send({ instrument: second, quantity: 8 });
    harness.send({ instrument: first, quantity: 8 });
    expect(harness.story(flat, flat).slice(0, 2)).toEqual(["#1 8@100", "#2 2@100"]);
  },
  "Then comes what protects a position that was enlarged at this very open, so that a stop that was gapped through closes all of it.":
    () => {
      const harness = holding(5);
      harness.send({ ...closing, side: "sell", quantity: 5, terms: stop(95) });
      harness.send({ quantity: 7 });
      expect(harness.story([94, 94, 93, 93])).toEqual(["#3 7@94", "#2 12@94"]);
      expect(harness.ledger.quantity[0]).toBe(0);
    },
  "Inside a bar the price moves without jumps: of two prices on one side of the open the nearer one is reached first.":
    () => {
      const harness = holding(2);
      harness.send({ ...closing, side: "sell", terms: stop(90) });
      harness.send({ ...closing, side: "sell", terms: stop(95) });
      harness.send({ quantity: 3, terms: limit(97) });
      expect(harness.story([100, 101, 80, 100])).toEqual([
        "#4 3@97",
        "#3 5@95",
        "#2 canceled: no position left to close",
      ]);
    },
  "Of the two sides, the one against the position is reached first: a bar that touches stop and target was stopped.":
    () => {
      for (const side of [1, -1]) {
        const harness = holding(side * 2);
        const leg = { ...closing, side: side === 1 ? "sell" : "buy", quantity: 2, ocoGroup: 1 } as const;
        harness.send({ ...leg, terms: limit(100 + side * 4) });
        harness.send({ ...leg, terms: stop(100 - side * 4) });
        expect(harness.story([100, 105, 95, 100])).toEqual([
          `#3 2@${100 - side * 4}`,
          "#2 canceled: no position left to close",
        ]);
        expect(harness.assumedFills).toBe(1);
      }
    },
  "What was opened inside a bar is held against the worst price of the whole bar if it has a stop, and its target waits for the next bar.":
    () => {
      const harness = opened();
      const entry = harness.send({ terms: stop(102) });
      const leg = { ...closing, side: "sell", parentId: entry, ocoGroup: 1 } as const;
      harness.send({ ...leg, terms: limit(104) });
      harness.send({ ...leg, terms: stop(95) });
      expect(harness.story([100, 106, 94, 105])).toEqual([
        "#1 1@102",
        "#3 1@95",
        "#2 canceled: no position left to close",
      ]);
      expect(harness.assumedFills).toBe(1);
      const again = opened();
      const parent = again.send({ terms: stop(102) });
      again.send({ ...leg, parentId: parent, terms: limit(104) });
      expect(again.story([100, 106, 94, 105])).toEqual(["#1 1@102"]);
      expect(again.story([103, 105, 103, 104])).toEqual(["#2 1@104"]);
    },
  "A trailing stop of what was opened inside a bar is held against the bar's worst price only if a limit was met, and otherwise against the close.":
    () => {
      const story = (terms: OrderTerms, close: number): readonly string[] => {
        const harness = opened();
        const entry = harness.send({ terms });
        harness.send({ ...closing, side: "sell", parentId: entry, terms: trailing(3) });
        return harness.story([100, 104, 90, close]);
      };
      expect(story(limit(98), 100)).toEqual(["#1 1@98", "#2 1@95"]);
      expect(story(stop(102), 101)).toEqual(["#1 1@102"]);
      expect(story(stop(102), 96)).toEqual(["#1 1@102", "#2 1@96"]);
    },
  "A fill that an assumption decided is marked: of two ends within reach the one that was taken, a stop in the bar of its stop entry, and a trailing stop that a bar both moved and reached.":
    () => {
      const marked = (parent: OrderTerms, legs: readonly OrderTerms[], ...bars: readonly Quad[]) => {
        const harness = opened();
        const parentId = harness.send({ terms: parent });
        for (const terms of legs) harness.send({ ...closing, side: "sell", parentId, terms, ocoGroup: 1 });
        const fills = bars.flatMap((bar) => harness.bar(bar)).filter(({ kind }) => kind === "filled");
        expect(fills.length).toBe(2);
        return harness.assumedFills;
      };
      const market: OrderTerms = { type: "market" };
      const ends = [stop(96), limit(104)];
      expect(marked(market, ends, [100, 105, 95, 100])).toBe(1);
      expect(marked(market, ends, [100, 103, 95, 100])).toBe(0);
      expect(marked(market, ends, [100, 105, 97, 100])).toBe(0);
      expect(marked(stop(102), [stop(95)], [100, 106, 94, 105])).toBe(1);
      expect(marked(limit(98), [stop(95)], [100, 106, 94, 105])).toBe(0);
      // The best price moves the level from 97 to 99: whether 98 came before or after it, nobody knows.
      expect(marked(market, [trailing(3)], [100, 102, 98, 101], [100, 100, 98, 98])).toBe(1);
      expect(marked(market, [trailing(3)], [100, 102, 100, 101], [100, 100, 98, 98])).toBe(0);
      // Stopped at 97, or at 98 had 101 come first.
      expect(marked(market, [trailing(3)], [100, 101, 96, 97])).toBe(1);
    },

  // How much
  "A cash account is long only.": () => {
    const harness = opened({ accountKind: "cash" });
    harness.send({ side: "sell" });
    expect(harness.story(flat)).toEqual(["#1 rejected: a cash account is long only"]);
  },
  "A cash account fills what its cash covers, fee included, in whole lots, and cancels the rest with a reason.":
    () => {
      const harness = opened({
        accountKind: "cash",
        commission: { fee: (_quantity, notional) => notional * 0.01, rate: () => 0.01 },
      });
      harness.send({ quantity: 100 });
      expect(harness.story(flat)).toEqual([
        "#1 99@100",
        "#1 canceled: the cash does not cover the whole order",
      ]);
    },
  "A margin account opens up to `leverage` times its equity, what it holds already included, and it always closes.":
    () => {
      const harness = holding(15, { leverage: 2 }, 1_000);
      harness.send({ quantity: 15 });
      expect(harness.story(flat)).toEqual([
        "#2 5@100",
        "#2 canceled: the leverage limit does not cover the whole order",
      ]);
      harness.send({ side: "sell", quantity: 20 });
      expect(harness.story([60, 60, 60, 60])).toEqual(["#3 20@60"]);
    },
  "With `volumeShareMax` all orders of a bar together take at most that share of its volume, and the rest works on.":
    () => {
      const harness = opened({ volumeShareMax: 0.1 });
      harness.send({ quantity: 6 });
      harness.send({ quantity: 6 });
      expect(harness.story([100, 100, 100, 100, 100])).toEqual(["#1 6@100", "#2 4@100"]);
      expect(harness.story([101, 101, 101, 101, 100])).toEqual(["#2 2@101"]);
    },
  "`ioc` takes what is there at once.": () => {
    const harness = opened({ volumeShareMax: 0.1 });
    harness.send({ quantity: 15, timeInForce: "ioc" });
    expect(harness.story([100, 100, 100, 100, 100])).toEqual([
      "#1 10@100",
      "#1 canceled: ioc: not filled at once",
    ]);
    harness.send({ timeInForce: "ioc", terms: limit(98) });
    expect(harness.story([100, 100, 95, 97])).toEqual(["#2 canceled: ioc: not filled at once"]);
  },
  "`fok` fills whole or not at all.": () => {
    const harness = opened({ volumeShareMax: 0.1 });
    harness.send({ quantity: 15, timeInForce: "fok" });
    expect(harness.story([100, 100, 100, 100, 100])).toEqual(["#1 canceled: fok: not enough volume"]);
  },
  "`day` ends with the first trading day in which the order meets a bar.": () => {
    const harness = opened();
    harness.send({ timeInForce: "day", terms: limit(50) });
    for (let hour = 2; hour <= 24; hour++) expect(harness.story(flat)).toEqual([]);
    harness.send({ timeInForce: "day", terms: limit(51) });
    expect(harness.story(flat)).toEqual(["#1 expired: end of the trading day"]);
    for (let hour = 26; hour <= 48; hour++) expect(harness.story(flat)).toEqual([]);
    expect(harness.story(flat)).toEqual(["#2 expired: end of the trading day"]);
  },
  "`gtd` ends with its time.": () => {
    const harness = opened();
    harness.send({ timeInForce: "gtd", expireTimeMs: 3 * hourMs, terms: limit(50) });
    expect(harness.story(flat)).toEqual([]);
    expect(harness.story(flat)).toEqual([]);
    expect(harness.story(flat)).toEqual(["#1 expired: good till date has passed"]);
  },
  "`postOnly` is canceled rather than take.": () => {
    const harness = opened();
    harness.send({ postOnly: true, terms: limit(102) });
    expect(harness.story(flat)).toEqual(["#1 canceled: post-only: would take liquidity"]);
    const order = harness.send({ postOnly: true, terms: limit(90) });
    expect(harness.story(flat)).toEqual([]);
    harness.modify(order, { terms: limit(103) });
    expect(harness.story(flat)).toEqual(["#2 canceled: post-only: would take liquidity"]);
  },
  "`reduceOnly` never opens a position and never turns one around.": () => {
    const harness = opened();
    harness.send({ side: "sell", reduceOnly: true });
    expect(harness.story(flat)).toEqual(["#1 canceled: reduce-only: nothing more to reduce"]);
    harness.send({ quantity: 2 });
    harness.bar(flat);
    harness.send({ side: "sell", quantity: 5, reduceOnly: true });
    expect(harness.story(flat)).toEqual(["#3 2@100", "#3 canceled: reduce-only: nothing more to reduce"]);
  },
  "Children sleep until their parent fills, work for what it has filled, and for more with each further part.":
    () => {
      for (const closePosition of [true, false]) {
        const harness = opened({ volumeShareMax: 0.1 });
        const entry = harness.send({ quantity: 10 });
        const leg = { side: "sell", quantity: 10, reduceOnly: true, closePosition } as const;
        harness.send({ ...leg, parentId: entry, ocoGroup: 1, terms: stop(95) });
        harness.send({ ...leg, parentId: entry, ocoGroup: 1, terms: limit(120) });
        expect(harness.story([100, 100, 100, 100, 40])).toEqual(["#1 4@100"]);
        // Stopped, and more of the entry fills at a later open: that part is protected again.
        expect(harness.story([96, 96, 94, 96, 100])).toEqual(["#1 6@96", "#2 4@95"]);
        expect(harness.story([96, 96, 94, 96, 1_000])).toEqual([
          "#2 6@96",
          `#3 canceled: ${closePosition ? "no position left to close" : "its sibling filled"}`,
        ]);
        expect(harness.ledger.quantity[0]).toBe(0);
      }
      const again = opened({ volumeShareMax: 0.1 });
      const parent = again.send({ quantity: 10, terms: limit(99) });
      again.send({ ...closing, side: "sell", quantity: 10, parentId: parent, terms: stop(95) });
      expect(again.story([99, 99, 99, 99, 40])).toEqual(["#1 4@99"]);
      expect(again.story([97, 97, 94, 96, 1e4])).toEqual(["#1 6@97", "#2 10@95"]);
    },
  "What one order of a group fills, the others lose.": () => {
    const harness = opened({ volumeShareMax: 0.1 });
    const entry = harness.send({ quantity: 10 });
    const leg = { side: "sell", quantity: 10, reduceOnly: true, parentId: entry, ocoGroup: 1 } as const;
    harness.send({ ...leg, terms: limit(104) });
    harness.send({ ...leg, terms: stop(96) });
    harness.bar([100, 101, 99, 100, 1_000]);
    expect(harness.story([103, 105, 102, 104, 60])).toEqual(["#2 6@104"]);
    expect(harness.story([100, 101, 95, 96, 1_000])).toEqual(["#3 4@96", "#2 canceled: its sibling filled"]);
  },
  "An order that closes the position is as large as the position is, whatever that was when the order was sent.":
    () => {
      const harness = holding(4);
      harness.send({ ...closing, side: "sell", quantity: 4, terms: stop(90) });
      harness.send({ quantity: 5 });
      harness.bar(flat);
      harness.send({ side: "sell", quantity: 2, reduceOnly: true });
      harness.bar(flat);
      expect(harness.story([100, 100, 89, 90])).toEqual(["#2 7@90"]);
    },
  "The exits of a position together never close more than there is.": () => {
    const harness = holding(4);
    const exit = { side: "sell", quantity: 4, reduceOnly: true } as const;
    harness.send({ ...exit, terms: limit(103) });
    harness.send({ ...exit, terms: limit(104) });
    harness.send({ ...exit, closePosition: true, terms: limit(105) });
    harness.send({ ...exit, closePosition: true, terms: stop(99) });
    harness.send({ ...exit, quantity: 3 });
    const story = harness.story([100, 106, 98, 100]);
    expect(story.filter((line) => line.includes("@"))).toEqual(["#6 3@100", "#5 1@99"]);
    expect(story).toHaveLength(5);
    expect(harness.ledger.quantity[0]).toBe(0);
    expect(harness.venue.quietUntil(0, 1)).toBe(1);
  },
  "A reversal of which the closing part only reduces ends at its target, whatever fills first.": () => {
    const legs = (side: 1 | -1, protection: OrderTerms, entry: OrderTerms, bars: readonly Quad[]): number => {
      const harness = holding(side * 10);
      const out = side === 1 ? "sell" : "buy";
      harness.send({ ...closing, side: out, quantity: 10, terms: protection });
      harness.send({ side: out, quantity: 10, reduceOnly: true, terms: entry });
      const opening = harness.send({ side: out, quantity: 10, terms: entry });
      const back = { ...closing, side: side === 1 ? "buy" : "sell", quantity: 10 } as const;
      harness.send({ ...back, parentId: opening, terms: stop(100 + side * 20) });
      for (const bar of bars) harness.bar(bar);
      return harness.ledger.quantity[0]!;
    };
    // Gapped through the stop, at the open; a limit before the target; a stop entry before the stop; and in mirrors.
    expect(legs(1, stop(95), { type: "market" }, [[94, 94, 93, 93]])).toBe(-10);
    expect(legs(-1, stop(105), { type: "market" }, [[106, 107, 106, 107]])).toBe(10);
    expect(legs(1, limit(104), limit(103), [[100, 111, 100, 111]])).toBe(-10);
    expect(legs(1, limit(103), limit(104), [[100, 111, 100, 111]])).toBe(-10);
    expect(legs(1, stop(95), stop(98), [[100, 100, 94, 94]])).toBe(-10);
    expect(legs(1, stop(98), stop(95), [[100, 100, 94, 94]])).toBe(-10);
    expect(legs(-1, stop(105), stop(102), [[100, 106, 100, 106]])).toBe(10);
  },

  // What the venue refuses
  "A number that is none, a price off the tick, a quantity off the lot, too small a value, a number that was used before, an unknown symbol and an unknown parent are refused at once.":
    () => {
      const harness = opened({}, 10_000, { notionalMin: 50, tickSize: 0.5, lotSize: 0.1 });
      const codeOf = (order: Partial<OrderRequest>): unknown => {
        harness.send(order);
        const { answer } = harness;
        return answer?.kind === "rejected" ? answer.code : answer?.kind;
      };
      expect(codeOf({ quantity: Number.NaN })).toBe("bad_number");
      expect(codeOf({ quantity: -1 })).toBe("bad_number");
      expect(codeOf({ terms: limit(Number.NaN) })).toBe("bad_number");
      expect(codeOf({ terms: trailing(0) })).toBe("bad_number");
      expect(codeOf({ terms: limit(99.75) })).toBe("tick_size");
      expect(codeOf({ quantity: 1.05 })).toBe("lot_size");
      expect(codeOf({ quantity: 0.4 })).toBe("notional_min");
      expect(codeOf({ instrument: 7 as InstrumentIndex })).toBe("unknown_symbol");
      expect(codeOf({ parentId: 99 as OrderId })).toBe("unknown_order");
      expect(codeOf({ quantity: 0.3 + 0.3 })).toBe("accepted");
      expect(codeOf({ id: 10 as OrderId })).toBe("doubled_id");
      expect(harness.venue.hasAnswers).toBe(true);
      expect(harness.bar([100, 100, 100, 100]).map(({ kind }) => kind)).toEqual([
        ...Array.from({ length: 9 }, () => "rejected"),
        "filled",
      ]);
    },
  "What closes a position may have any size.": () => {
    const harness = holding(10, {}, 10_000, { lotSize: 10, notionalMin: 500 });
    harness.send({ side: "sell", quantity: 3, reduceOnly: true });
    expect(harness.story(flat)).toEqual(["#2 3@100"]);
  },
  "A cancel or a change of an order that is over, or was never there, is refused.": () => {
    const harness = opened();
    const order = harness.send({});
    harness.bar(flat);
    harness.cancel(order);
    expect(harness.answer).toMatchObject({ kind: "rejected", code: "already_over" });
    harness.modify(order, { quantity: 2 });
    expect(harness.answer).toMatchObject({ kind: "rejected", code: "already_over" });
    harness.cancel(77 as OrderId);
    expect(harness.answer).toMatchObject({ kind: "rejected", code: "unknown_order" });
    expect(harness.heartbeat(0)).toEqual([
      "#1 cancel_rejected: the order is over",
      "#1 modify_rejected: the order is over",
      "#77 cancel_rejected: no such order",
    ]);
  },
  "What has been triggered cannot be changed any more.": () => {
    const harness = holding(10, { volumeShareMax: 0.1 });
    const order = harness.send({ ...closing, side: "sell", quantity: 10, terms: stop(95) });
    harness.modify(order, { terms: stop(96) });
    expect(harness.answer).toEqual({ kind: "accepted" });
    expect(harness.story([100, 100, 95, 98, 50])).toEqual(["#2 5@96"]);
    harness.modify(order, { terms: stop(80) });
    expect(harness.answer).toMatchObject({ kind: "rejected", code: "already_over" });
  },
  "An account without equity opens nothing more, and what it owes stays.": () => {
    const harness = holding(-10, { leverage: 1 }, 1_000);
    expect(harness.story([300, 310, 290, 300])).toEqual(["#-1 10@300"]);
    expect(harness.ledger.equity()).toBe(-1_000);
    harness.send({});
    expect(harness.answer).toMatchObject({ kind: "rejected", code: "buying_power" });
    expect(harness.story(flat)).toEqual(["#2 rejected: the account owes money"]);
    expect(harness.ledger.equity()).toBe(-1_000);
  },

  // What holding costs
  "Shorts pay `borrowRate` a year on their value, in proportion to time.": () => {
    const harness = holding(-10, { borrowRate: 0.0365 });
    harness.bar(flat);
    harness.bar(flat);
    // 1,000 of stock at 3.65 % a year is 0.1 a day; three hours.
    expect(harness.ledger.chargesPaid).toBeCloseTo((3 * 0.1) / 24, 12);
  },
  "With `fundingRate` longs pay shorts at every full eight hours UTC.": () => {
    for (const quantity of [10, -10]) {
      const harness = holding(quantity, { fundingRate: 0.0001 });
      for (let hour = 3; hour <= 16; hour++) harness.bar(flat);
      expect(harness.ledger.chargesPaid).toBeCloseTo(2 * quantity * 100 * 0.0001, 12);
    }
  },
  "An exit at an open pays until that open.": () => {
    const harness = holding(-10, { borrowRate: 0.0365 });
    harness.send({ quantity: 10, reduceOnly: true });
    harness.bar(flat);
    expect(harness.ledger.chargesPaid).toBeCloseTo(0.1 / 24, 12);
  },
  "An exit inside a bar pays for the whole bar and receives nothing for it.": () => {
    const harness = holding(-10, { borrowRate: 0.0365 });
    harness.send({ ...closing, quantity: 10, terms: stop(100.01) });
    harness.bar([100, 101, 100, 100]);
    expect(harness.ledger.chargesPaid).toBeCloseTo(0.1 / 24 + (0.1 * 1.0001) / 24, 12);
    const paid = [10, -10].map((quantity) => {
      const perpetual = holding(quantity, { fundingRate: 0.0001 });
      for (let hour = 3; hour <= 7; hour++) perpetual.bar(flat);
      perpetual.send({ ...closing, side: quantity > 0 ? "sell" : "buy", quantity: 10, terms: limit(100) });
      perpetual.bar([quantity > 0 ? 99 : 101, 101, 99, 100]);
      return perpetual.ledger.chargesPaid;
    });
    expect(paid[0]).toBeCloseTo(0.1, 12);
    expect(paid[1]).toBe(0);
  },

  // Margin calls
  "A margin call comes when the worst prices of the bars, all at one moment, leave less equity than `maintenanceMargin` of the exposure.":
    () => {
      const harness = holding(20, { leverage: 4, maintenanceMargin: 0.2 }, 1_000, {}, ["A", "B"]);
      harness.send({ instrument: second, side: "sell", quantity: 15 });
      harness.bar(flat, flat);
      // Each alone would be carried: 1000 - 20 x 15 > 0.2 x (1700 + 1500), 1000 - 15 x 15 > 0.2 x (2000 + 1725).
      expect(harness.story([100, 100, 85, 100], flat)).toEqual([]);
      expect(harness.story(flat, [100, 115, 100, 100])).toEqual([]);
      // Together not: 1000 - 300 - 225 < 0.2 x (1700 + 1725). At 12 points: 580 > 0.2 x 3440 is no longer true.
      const story = harness.story([100, 100, 85, 100], [100, 115, 100, 100]);
      expect(story.map((line) => line.split("@")[0])).toEqual(["#-1 20", "#-2 15"]);
    },
  "Every position is then closed at the price at which that happens, or at the open if the bar opens beyond it.":
    () => {
      // 1000 + 40 (p - 100) = 0.2 x 40 p at p = 93.75, although the close is back at 100.
      const inside = holding(40, { leverage: 4, maintenanceMargin: 0.2 }, 1_000);
      expect(inside.story([100, 100, 50, 100])).toEqual(["#-1 40@93.75"]);
      const gapped = holding(40, { leverage: 4, maintenanceMargin: 0.2 }, 1_000);
      expect(gapped.story([80, 100, 80, 100])).toEqual(["#-1 40@80"]);
      // A short: 1000 - 40 (p - 100) = 8 p at 104.1666..., rounded against it.
      const short = holding(-40, { leverage: 4, maintenanceMargin: 0.2 }, 1_000);
      expect(short.story([100, 150, 100, 100])).toEqual(["#-1 40@104.17"]);
    },
  "A stop that the bar reaches first ends the position before.": () => {
    const harness = holding(40, { leverage: 4, maintenanceMargin: 0.2 }, 1_000);
    harness.send({ ...closing, side: "sell", quantity: 40, terms: stop(95) });
    expect(harness.story([100, 100, 50, 100])).toEqual(["#2 40@95"]);
  },
  "What such a stop leaves for want of volume is held against the rest of the bar.": () => {
    const harness = holding(40, { leverage: 4, maintenanceMargin: 0.2, volumeShareMax: 0.04 }, 1_000);
    harness.send({ ...closing, side: "sell", quantity: 40, terms: stop(97) });
    // Ten find buyers. 970 + 30 (p - 100) = 0.2 * 30 p at p = 84.58...
    expect(harness.story([100, 100, 80, 95, 250]).slice(0, 2)).toEqual(["#2 10@97", "#-1 30@84.58"]);
    expect(harness.ledger.held).toHaveLength(0);
  },
  "A margin call withdraws what waits to open.": () => {
    const harness = holding(40, { leverage: 4, maintenanceMargin: 0.2 }, 1_000);
    harness.send({ quantity: 1, terms: limit(60) });
    expect(harness.story([100, 100, 50, 100])).toEqual([
      "#2 canceled: margin call: what opens is withdrawn",
      "#-1 40@93.75",
    ]);
  },
  "A leverage that maintenance would call at once is refused before the run.": () => {
    const parse = (account: object) => runConfigSchema.parse({ account: { kind: "margin", ...account } });
    expect(() => parse({ leverage: 8, maintenanceMargin: 0.2 })).toThrow(/account.leverage to 5 or less/);
    expect(() => parse({ leverage: 5, maintenanceMargin: 0.2 })).not.toThrow();
  },
  "When it is not set, `maintenanceMargin` is half of what opening takes (1 / `leverage`), and at most 0.25.":
    () => {
      const marginOf = (leverage: number): number =>
        maintenanceMarginOf(runConfigSchema.parse({ account: { kind: "margin", leverage } }).account);
      expect([1, 2, 4, 10, 100].map(marginOf)).toEqual([0.25, 0.25, 0.125, 0.05, 0.005]);
    },

  // Currencies
  "Shares that are paid for hold their currency: its change is part of their profit.": () => {
    const shares = run(
      { instruments: { SAP: { quoteCurrency: "EUR" }, "*": { calendar: "24/7" } } },
      { SAP: [50, 50, 50, 50, 50, 50, 50], EURUSD: [1, 1, 1, 1.1, 1.1, 1.1, 1.1] },
    );
    expect(equityAfter(shares)).toBeCloseTo(11_000, 6);
  },
  "On a margin account, and for contracts on any account, profit and loss arise in the quote currency and are converted at the rate of the moment.":
    () => {
      const yen = run(
        {
          account: { kind: "margin" },
          instruments: { USDJPY: { quoteCurrency: "JPY" }, "*": { calendar: "24/7" } },
        },
        { USDJPY: [120, 120, 120, 160, 160, 160, 160] },
      );
      // 10,000 USD of notional: 400,000 yen at 160 a dollar.
      expect(equityAfter(yen)).toBeCloseTo(12_500, 6);
      const dax = run(
        { instruments: { FDAX: { quoteCurrency: "EUR", contractMultiplier: 5 }, "*": { calendar: "24/7" } } },
        { FDAX: [50, 50, 50, 50, 50, 50, 50], EURUSD: [1, 1, 1, 1.3, 1.3, 1.3, 1.3] },
      );
      expect(equityAfter(dax)).toBeCloseTo(10_000, 6);
    },
  "Trades keep the prices at which was traded.": () => {
    const { trades } = run(
      {
        account: { kind: "margin" },
        instruments: { USDJPY: { quoteCurrency: "JPY" }, "*": { calendar: "24/7" } },
      },
      { USDJPY: [120, 120, 120, 160, 160, 160, 160] },
    );
    expect(trades).toMatchObject([{ entryPrice: 120, exitPrice: 160 }]);
    expect(trades[0]!.pnl).toBeCloseTo(2_500, 6);
  },
  "Two quote currencies are never added up as one: without a rate the run is refused.": () => {
    const closes = [1, 1, 1, 1];
    expect(() => run({}, { EURUSD: closes, EURGBP: closes })).toThrow(/CURRENCY_UNKNOWN/);
    expect(() => run({}, { EURUSD: closes, EURGBP: closes, GBPUSD: closes })).not.toThrow();
  },

  // Sizing
  "A target weight becomes the weight's share of equity, divided by the close and by one plus the rates of commission and slippage, in whole lots.":
    () => {
      const { trades } = run(
        {
          account: { kind: "margin" },
          costs: {
            commission: { use: "rate", rate: 0.01 },
            slippage: { use: "fixed", rate: 0.02 },
            borrowRate: 0,
          },
          instruments: { "*": { calendar: "24/7", lotSize: 1 } },
        },
        { X: [70, 70, 70, 70, 70, 70, 70] },
        -0.5,
      );
      expect(trades[0]!.quantity).toBe(Math.floor(5_000 / (70 * 1.03)));
    },
  "With `--size-at fill` the venue does that sum at the fill price.": () => {
    const harness = opened();
    harness.send({ quantity: 100, weightAtFill: 1 });
    expect(harness.story([99, 99, 99, 99])).toEqual([`#1 ${Math.floor(10_000 / 99)}@99`]);
  },
};

for (const [sentence, rule] of Object.entries(rules)) test(sentence, rule);

test("every sentence of the document about fills is a test, and the other way round", () => {
  const path = join(import.meta.dirname, "../docs/reference/fills.md");
  const text = readFileSync(path, "utf8").split("\n## What the assumptions cost")[0]!;
  const sentences = [...text.matchAll(/^- ((?:.+\n(?! *- |#|\n))*.+)$/gm)].map((match) =>
    match[1]!.replaceAll(/\s*\n\s*/g, " "),
  );
  expect(sentences.length).toBeGreaterThan(60);
  expect(sentences).toEqual(Object.keys(rules));
});
