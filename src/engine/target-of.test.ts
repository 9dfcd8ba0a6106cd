import { expect, test } from "vitest";
import { testInstrument } from "../../test/plugin-tools.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import { unprotected, type Signal } from "../domain/target.ts";
import { targetOf } from "./target-of.ts";

const signal: Signal = {
  instrument: 0 as InstrumentIndex,
  weight: 1,
  reason: "test",
  entry: { kind: "market" },
  protection: unprotected,
};

function target(change: Partial<Signal>) {
  return targetOf({ ...signal, ...change }, testInstrument(0, { tickSize: 0.25 }), 10, 1);
}

test("prices that a target waits for, or is protected by, are whole ticks", () => {
  expect(target({ entry: { kind: "limit", price: 99.6 } }).entry).toEqual({ kind: "limit", price: 99.5 });
  expect(target({ entry: { kind: "stop", price: 100.2 } }).entry).toEqual({ kind: "stop", price: 100.25 });
  expect(target({ protection: { stopPrice: 90.1 } }).protection).toEqual({ stopPrice: 90 });
  expect(target({}).entry).toEqual({ kind: "market" });
});

test("levels that stand take the place of all before them only where the signal says so", () => {
  expect(target({ replacesProtection: true }).replacesProtection).toBe(true);
  expect(target({}).replacesProtection).toBeUndefined();
});
