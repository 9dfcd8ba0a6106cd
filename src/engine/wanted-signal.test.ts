import { expect, test } from "vitest";
import { KiwiError } from "../base/errors.ts";
import { unprotected, type Signal } from "../domain/target.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import type { TargetOptions } from "../ports/strategy.ts";
import { refusePromise, strategyFailure, wantedSignal } from "./wanted-signal.ts";

const stater = { strategyName: "mine", symbol: "AAA", timeMs: 0 };

function wanted(weight: number, options: string | TargetOptions, before: Signal | null = null): Signal {
  return wantedSignal(3 as InstrumentIndex, weight, options, before, stater);
}

test("a reason alone is an entry at market without protection", () => {
  expect(wanted(0.5, "up")).toEqual({
    instrument: 3,
    weight: 0.5,
    reason: "up",
    entry: { kind: "market" },
    protection: unprotected,
  });
});

test("levels are the protection, and an entry waits for its price", () => {
  const entry = { kind: "limit", price: 90 } as const;
  const trail = { kind: "fraction", fraction: 0.1 } as const;
  expect(wanted(-1, { reason: "down", entry, stopPrice: 110, takeProfitPrice: 70, trail })).toEqual({
    instrument: 3,
    weight: -1,
    reason: "down",
    entry,
    protection: { stopPrice: 110, takeProfitPrice: 70, trail },
  });
  expect(wanted(1, { reason: "up", stopPrice: 9 })).toMatchObject({
    entry: { kind: "market" },
    protection: { stopPrice: 9 },
  });
});

test("a level or an entry under a name that does not exist is refused, and not left out", () => {
  const refused = (options: object): string => {
    try {
      wanted(1, options as TargetOptions);
      return "taken";
    } catch (error) {
      const { code, fix } = (error as KiwiError).parts;
      return `${code}: ${fix}`;
    }
  };
  expect(refused({ reason: "up", stop: 90 })).toMatch(/^STRATEGY_BAD_OPTION: did you mean stopPrice\?/);
  expect(refused({ reason: "up", entry: { kind: "limit", limitPrice: 90 } })).toMatch(
    /^STRATEGY_BAD_OPTION: did you mean price\?/,
  );
  expect(refused({ reason: "up", limitPrice: 90 })).toMatch(/did you mean entry: { kind: "limit", price: /);
  expect(refused({ reason: "up", entry: { kind: "limit", price: 90, postOnly: true } })).toBe("taken");
});

test("a weight is a finite number", () => {
  for (const weight of [Number.NaN, Infinity, -Infinity])
    expect(() => wanted(weight, "up")).toThrow("STRATEGY_BAD_TARGET");
  expect(wanted(0, "flat").weight).toBe(0);
});

test("every price and every distance is a finite number above zero", () => {
  const named: readonly ((price: number) => TargetOptions)[] = [
    (price) => ({ reason: "x", entry: { kind: "limit", price } }),
    (price) => ({ reason: "x", entry: { kind: "stop", price } }),
    (price) => ({ reason: "x", stopPrice: price }),
    (price) => ({ reason: "x", takeProfitPrice: price }),
    (price) => ({ reason: "x", trail: { kind: "amount", amount: price } }),
    (price) => ({ reason: "x", trail: { kind: "fraction", fraction: price } }),
  ];
  for (const options of named) {
    for (const price of [Number.NaN, 0, -1, Infinity])
      expect(() => wanted(1, options(price))).toThrow("STRATEGY_BAD_PRICE");
    expect(wanted(1, options(0.01)).weight).toBe(1);
  }
});

test("one decision states one target of a symbol", () => {
  expect(() => wanted(1, "again", wanted(0.5, "first"))).toThrow("0.5 (first) and 1");
});

test("a promise is no answer, and whatever becomes of it is said once", () => {
  const ask = (answer: unknown) => () => refusePromise(answer, "onBar", stater);
  // A field of that name that is no function makes no promise.
  const named: Record<string, number> = {};
  named[["th", "en"].join("")] = 5;
  for (const answer of [null, undefined, 5, "text", {}, named]) expect(ask(answer)).not.toThrow();
  expect(ask(Promise.resolve())).toThrow("STRATEGY_ASYNC");
  expect(ask(Promise.reject(new Error("later")))).toThrow("STRATEGY_ASYNC");
});

test("a strategy's own failure says where it happened, and errors with a way out stay as they are", () => {
  const told = strategyFailure(stater, "onBar", new TypeError("no such thing"));
  expect(told).toBeInstanceOf(KiwiError);
  expect((told as KiwiError).message).toContain("strategy mine failed on AAA at 1970-01-01: no such thing");
  expect((strategyFailure(stater, "onBar", "text") as KiwiError).message).toContain(": text");
  expect(strategyFailure(stater, "onBar", told)).toBe(told);
});
