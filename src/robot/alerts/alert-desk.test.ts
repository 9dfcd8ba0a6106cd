import fc from "fast-check";
import { expect, test } from "vitest";
import { hourMs, minuteMs } from "../../base/time.ts";
import { AlertDesk, type Delivery } from "./alert-desk.ts";
import { alertKinds, type AlertEvent, type AlertRule } from "./alert-rules.ts";

const rule: AlertRule = {
  kinds: [],
  severityMin: "warning",
  channels: ["mail"],
  cooldownMs: 30 * minuteMs,
  escalateAfterMs: Infinity,
  escalateTo: [],
};
const desk = (rules: readonly AlertRule[] = [rule], perHourMax = 20) =>
  new AlertDesk({ rules, perHourMax, sender: "test" });
const event = (atMs: number, more: Partial<AlertEvent> = {}): AlertEvent => ({
  kind: "stale feed",
  about: "BTCUSDT",
  severity: "warning",
  title: "no bars",
  text: "none for five minutes",
  atMs,
  ...more,
});
const said = (deliveries: readonly Delivery[]) =>
  deliveries.map(({ channel, message }) => `${channel}: ${message.title} x${message.count}`);

test("an incident is told at once, and what goes on is told with its count when the cooldown is over", () => {
  const one = desk();
  expect(said(one.raise(event(0)))).toEqual(["mail: no bars x1"]);
  for (let minute = 1; minute < 30; minute++) expect(one.raise(event(minute * minuteMs))).toEqual([]);
  expect(said(one.tick(30 * minuteMs))).toEqual(["mail: no bars x29"]);
  expect(one.tick(31 * minuteMs)).toEqual([]);
});

test("another symbol is another incident, and what is too mild for every rule is kept and not told", () => {
  const one = desk();
  expect(said(one.raise(event(0)))).toHaveLength(1);
  expect(said(one.raise(event(1, { about: "ETHUSDT" })))).toHaveLength(1);
  expect(one.raise(event(2, { about: "SOLUSDT", severity: "info" }))).toEqual([]);
  expect(one.alerts.map(({ about }) => about)).toEqual(["BTCUSDT", "ETHUSDT", "SOLUSDT"]);
});

test("what becomes graver waits for no cooldown and is somebody's business again", () => {
  const one = desk();
  one.raise(event(0));
  one.acknowledge("A1", minuteMs);
  expect(one.raise(event(2 * minuteMs))).toEqual([]);
  expect(said(one.raise(event(3 * minuteMs, { severity: "critical" })))).toEqual(["mail: no bars x2"]);
  expect(one.alerts[0]).toMatchObject({ severity: "critical", acknowledgedMs: null, count: 3 });
});

test("what nobody acknowledges goes to those behind, once; what is acknowledged does not", () => {
  const rules = [{ ...rule, escalateAfterMs: 10 * minuteMs, escalateTo: ["phone"] }];
  const one = desk(rules);
  one.raise(event(0));
  expect(one.tick(9 * minuteMs)).toEqual([]);
  expect(said(one.tick(10 * minuteMs))).toEqual(["phone: nobody has acknowledged: no bars x1"]);
  expect(one.tick(20 * minuteMs)).toEqual([]);
  const other = desk(rules);
  other.raise(event(0));
  expect(other.acknowledge("A1", minuteMs)).toMatchObject({ acknowledgedMs: minuteMs });
  expect(other.tick(20 * minuteMs)).toEqual([]);
  expect(other.acknowledge("A9", 0)).toBeNull();
});

test("a storm is cut off, and how many were held back is said when the hour has room again", () => {
  const one = desk([rule], 3);
  for (let k = 0; k < 10; k++) one.raise(event(k, { about: `S${k}` }));
  expect(one.tick(minuteMs)).toEqual([]);
  expect(said(one.tick(hourMs + 10))).toEqual(["mail: 7 more alerts were held back x7"]);
});

test("a rule may be about some kinds alone", () => {
  const one = desk([{ ...rule, kinds: ["drawdown"] }]);
  expect(one.raise(event(0))).toEqual([]);
  expect(said(one.raise(event(0, { kind: "drawdown", title: "12 % down" })))).toEqual(["mail: 12 % down x1"]);
});

test("a clock that was set back by hours holds back neither a repetition, nor an escalation, nor a channel whose hour was full", () => {
  const rules = [{ ...rule, escalateAfterMs: 10 * minuteMs, escalateTo: ["phone"] }];
  const one = desk(rules, 2);
  expect(one.raise(event(5 * hourMs))).toHaveLength(1);
  expect(one.raise(event(5 * hourMs, { about: "ETHUSDT" }))).toHaveLength(1);
  // The clock is right again, five hours earlier. The hour over mail was full.
  expect(said(one.raise(event(minuteMs)))).toEqual(["mail: no bars x1"]);
  expect(one.tick(2 * minuteMs)).toEqual([]);
  expect(said(one.tick(13 * minuteMs)).toSorted()).toEqual([
    "phone: nobody has acknowledged: no bars x1",
    "phone: nobody has acknowledged: no bars x1",
  ]);
  expect(one.alerts.map(({ lastMs }) => lastMs <= 13 * minuteMs)).toEqual([true, true]);
});

test("a clock that jumps ahead by days swallows neither what was counted nor the word to those behind", () => {
  const rules = [{ ...rule, escalateAfterMs: 10 * minuteMs, escalateTo: ["phone"] }];
  const one = desk(rules);
  one.raise(event(0));
  one.raise(event(minuteMs));
  expect(said(one.tick(50 * hourMs)).toSorted()).toEqual([
    "mail: no bars x1",
    "phone: nobody has acknowledged: no bars x1",
  ]);
  // It has been quiet for a day by this clock: what comes now is a new incident, and is told as one.
  expect(one.alerts).toEqual([]);
  expect(said(one.raise(event(50 * hourMs + 1)))).toEqual(["mail: no bars x1"]);
  expect(one.alerts.map(({ id }) => id)).toEqual(["A2"]);
});

test("what somebody took on is over after a quiet day without another word", () => {
  const one = desk();
  one.raise(event(0));
  one.raise(event(minuteMs));
  one.acknowledge("A1", 2 * minuteMs);
  expect(one.tick(24 * hourMs + minuteMs)).toEqual([]);
  expect(one.alerts).toHaveLength(1);
  expect(one.tick(24 * hourMs + minuteMs + 1)).toEqual([]);
  expect(one.alerts).toEqual([]);
});

test("a desk that is opened again goes on with what it knew", () => {
  const first = desk();
  first.raise(event(0));
  const { alerts } = first;
  const second = new AlertDesk({ rules: [rule], perHourMax: 20, sender: "test", alerts });
  expect(second.raise(event(minuteMs))).toEqual([]);
  second.raise(event(minuteMs, { about: "ETHUSDT" }));
  expect(second.alerts.map(({ id, count }) => [id, count])).toEqual([
    ["A1", 2],
    ["A2", 1],
  ]);
});

test("whatever happens, no channel gets more than its messages an hour, and every event is counted", () => {
  const happening = fc.record({
    kind: fc.constantFrom(...alertKinds),
    about: fc.constantFrom("A", "B"),
    severity: fc.constantFrom("info", "warning", "critical" as const),
    afterMs: fc.integer({ min: 0, max: 20 * minuteMs }),
  });
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 200 }), (happenings) => {
      const one = desk([{ ...rule, severityMin: "info", escalateAfterMs: hourMs, escalateTo: ["mail"] }], 5);
      const sentMs: number[] = [];
      let nowMs = 0;
      for (const { afterMs, ...what } of happenings) {
        nowMs += afterMs;
        const deliveries = [...one.raise(event(nowMs, what)), ...one.tick(nowMs)];
        sentMs.push(...deliveries.map(() => nowMs));
      }
      for (const atMs of sentMs)
        expect(sentMs.filter((other) => other > atMs - hourMs && other <= atMs).length).toBeLessThanOrEqual(
          5,
        );
      expect(one.alerts.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(happenings.length);
    }),
    { seed: 20_261_130 },
  );
});
