import fc from "fast-check";
import { expect, test } from "vitest";
import { minuteMs } from "../../../base/time.ts";
import type { BarRange, LiveBar } from "../../../ports/bar-source.ts";
import { BarGate } from "./bar-gate.ts";

const topic = { symbol: "X", timeframe: "1m" } as const;

function bar(minute: number, close = 10): LiveBar {
  return { ...topic, closeTimeMs: minute * minuteMs, open: 10, high: 11, low: 9, close, volume: 1 };
}

/** Whatever is shuffled, doubled or lost, on one connection or several. */
test("every bar is delivered once and in order, or was named as missing", () => {
  const arrivals = fc.array(
    fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({ kind: fc.constant("bar" as const), step: fc.integer({ min: -2, max: 3 }) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant("reconnect" as const),
          minutes: fc.integer({ min: 0, max: 5 }),
        }),
      },
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(arrivals, (events) => {
      const gate = new BarGate([topic], true);
      const accounted = new Set<number>();
      const delivered: number[] = [];
      const note = (range: BarRange | null): void => {
        if (range === null) return;
        for (let minute = 1; minute <= 300; minute++) {
          const closeMs = minute * minuteMs;
          if (closeMs >= range.fromMs && closeMs < range.toMs) accounted.add(minute);
        }
      };
      gate.catchUp([topic], 0);
      let minute = 0;
      for (const event of events) {
        if (event.kind === "reconnect") {
          minute += event.minutes;
          for (const range of gate.catchUp([topic], minute * minuteMs + 1)) note(range);
          continue;
        }
        const at = Math.max(1, minute + event.step);
        minute = Math.max(minute, at);
        const verdict = gate.judge(bar(at), (at - 1) * minuteMs);
        if (verdict.kind !== "deliver") continue;
        note(verdict.gap);
        delivered.push(at);
        accounted.add(at);
      }
      expect(delivered).toEqual([...new Set(delivered)].toSorted((a, b) => a - b));
      for (let k = 1; k <= (delivered.at(-1) ?? 0); k++) expect([k, accounted.has(k)]).toEqual([k, true]);
    }),
    { seed: 20240305 },
  );
});

test("the same bar again is a duplicate, another one of the same time a revision, an older one late", () => {
  const gate = new BarGate([topic], false);
  expect(gate.judge(bar(5), 4 * minuteMs)).toEqual({ kind: "deliver", gap: null });
  expect(gate.judge(bar(5), 4 * minuteMs).kind).toBe("duplicate");
  expect(gate.judge(bar(5, 10.5), 4 * minuteMs).kind).toBe("revision");
  expect(gate.judge(bar(5, 10.5), 4 * minuteMs).kind).toBe("duplicate");
  expect(gate.judge(bar(4), 3 * minuteMs).kind).toBe("late");
});

test("where a bar without trades does not exist, a hole is no loss", () => {
  const gate = new BarGate([topic], false);
  gate.catchUp([topic], 0);
  gate.judge(bar(1), 0);
  expect(gate.judge(bar(9), 8 * minuteMs)).toEqual({ kind: "deliver", gap: null });
  expect(gate.overdue([topic], 100 * minuteMs, 0)).toEqual([]);
});

test("a short absence between two bars misses nothing", () => {
  const gate = new BarGate([topic], true);
  expect(gate.catchUp([topic], 30_000)).toEqual([]);
  gate.judge(bar(1), 0);
  expect(gate.catchUp([topic], minuteMs + 40_000)).toEqual([]);
  expect(gate.judge(bar(2), minuteMs)).toEqual({ kind: "deliver", gap: null });
  expect(gate.catchUp([topic], 3 * minuteMs)).toEqual([
    { ...topic, fromMs: 2 * minuteMs + 1, toMs: 3 * minuteMs + 1 },
  ]);
});

test("a bar that is due is told once", () => {
  const gate = new BarGate([topic], true);
  gate.catchUp([topic], 0);
  expect(gate.overdue([topic], minuteMs + 5_000, 5_000)).toEqual([]);
  expect(gate.overdue([topic], minuteMs + 5_001, 5_000)).toEqual([{ ...topic, lastCloseMs: null }]);
  expect(gate.overdue([topic], 2 * minuteMs, 5_000)).toEqual([]);
  gate.judge(bar(1), 0);
  expect(gate.overdue([topic], 3 * minuteMs, 5_000)).toEqual([{ ...topic, lastCloseMs: minuteMs }]);
});
