import { expect, test } from "vitest";
import { barSeries } from "../../domain/expression.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import { unprotected, type Signal } from "../../domain/target.ts";
import type { Series } from "../../ports/strategy.ts";
import { Protector } from "./protect.ts";

function protectorOf(range: number, stopRanges = 2, takeProfitRanges = 3): Protector {
  const series: Series = { now: range, prev: range, ago: () => range };
  return new Protector({ range: barSeries().close, stopRanges, takeProfitRanges }, series);
}

function signal(changes: Partial<Signal> = {}): Signal {
  const instrument = 0 as InstrumentIndex;
  return {
    instrument,
    weight: 1,
    reason: "test",
    entry: { kind: "market" },
    protection: unprotected,
    ...changes,
  };
}

test("a signal that opens a position gets a stop and a target around the close", () => {
  expect(protectorOf(5).protect(signal(), 100, 0).protection).toEqual({
    stopPrice: 90,
    takeProfitPrice: 115,
  });
  expect(protectorOf(5).protect(signal({ weight: -0.5 }), 100, 0).protection).toEqual({
    stopPrice: 110,
    takeProfitPrice: 85,
  });
  expect(protectorOf(5, 2, 0).protect(signal(), 100, 0).protection).toEqual({ stopPrice: 90 });
});

test("an entry that waits for a price is protected from that price", () => {
  const waiting = signal({ entry: { kind: "limit", price: 95 } });
  expect(protectorOf(5).protect(waiting, 100, 0).protection).toEqual({ stopPrice: 85, takeProfitPrice: 110 });
});

test("what the strategy sets itself is left alone, and a trailing stop is a stop", () => {
  const own = signal({ protection: { stopPrice: 99 } });
  expect(protectorOf(5).protect(own, 100, 0).protection).toEqual({ stopPrice: 99, takeProfitPrice: 115 });
  const trail = { kind: "amount", amount: 1 } as const;
  expect(protectorOf(5).protect(signal({ protection: { trail } }), 100, 0).protection).toEqual({
    trail,
    takeProfitPrice: 115,
  });
  const both = { stopPrice: 99, takeProfitPrice: 101 };
  expect(protectorOf(5).protect(signal({ protection: both }), 100, 0).protection).toEqual(both);
});

test("the same direction stated again keeps the levels of the entry", () => {
  const protector = protectorOf(5);
  protector.protect(signal(), 100, 0);
  const levels = { stopPrice: 90, takeProfitPrice: 115 };
  expect(protector.protect(signal(), 120, 10).protection).toEqual(levels);
  expect(protector.protect(signal({ weight: 0.3 }), 80, 10).protection).toEqual(levels);
  // A stop that the strategy moves itself replaces the given one; the given target stays.
  const moved = { stopPrice: 105, takeProfitPrice: 115 };
  expect(protector.protect(signal({ protection: { stopPrice: 105 } }), 120, 10).protection).toEqual(moved);
  expect(protector.protect(signal(), 120, 10).protection).toEqual(moved);
});

test("a reversal and a new position get new levels", () => {
  const protector = protectorOf(5);
  protector.protect(signal(), 100, 0);
  expect(protector.protect(signal({ weight: -1 }), 200, 10).protection).toEqual({
    stopPrice: 210,
    takeProfitPrice: 185,
  });
  expect(protector.protect(signal(), 50, 0).protection).toEqual({ stopPrice: 40, takeProfitPrice: 65 });
});

test("closing needs no protection", () => {
  expect(protectorOf(5).protect(signal({ weight: 0 }), 100, 10).protection).toBe(unprotected);
});

test("without a range, or where a level would be at zero, there is no level", () => {
  expect(protectorOf(0).protect(signal(), 100, 0).protection).toEqual({});
  expect(protectorOf(Number.NaN).protect(signal(), 100, 0).protection).toEqual({});
  expect(protectorOf(50).protect(signal(), 100, 0).protection).toEqual({ takeProfitPrice: 250 });
});

test("a level must be above nothing, and one half of the protection may be asked for alone", () => {
  // Two ranges of 50 below 100 are nothing at all; a short one stands at 200, and its target at -50 is left out.
  expect(protectorOf(50).protect(signal({ weight: -1 }), 100, 0).protection).toEqual({ stopPrice: 200 });
  expect(protectorOf(49.99).protect(signal(), 100, 0).protection.stopPrice).toBeCloseTo(0.02, 9);
  expect(protectorOf(5, 0, 3).protect(signal(), 100, 0).protection).toEqual({ takeProfitPrice: 115 });
});
