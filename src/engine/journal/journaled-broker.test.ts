import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { VenueDesk } from "../../../test/venue-desk.ts";
import { openJournalFile } from "../../adapters/stores/journal/journal-file.ts";
import { dayMs } from "../../base/time.ts";
import type { JournalRecord } from "../../ports/journal-store.ts";
import { JournaledBroker, type RecordedStep, type VenuePlace } from "./journaled-broker.ts";

let folder = "";
let journals = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kiwi-journaled-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A venue of two instruments whose journal can be read at any time. */
function journaled(place: VenuePlace = "inside") {
  journals += 1;
  const store = openJournalFile(join(folder, `${journals}`));
  const rig = new VenueDesk(
    ({ inner, bars, instruments }) => new JournaledBroker(inner, { bars, instruments }, store, place),
    { symbols: 2 },
  );
  const read = (): readonly JournalRecord[] => {
    store.sync();
    return [...store.read()];
  };
  return { rig, read };
}

const none = Number.NaN;

/** A bar that stands still, as a journal keeps it. */
function still(instrument: number, day: number, price: number) {
  const closeTimeMs = day * dayMs;
  return { instrument, closeTimeMs, open: price, high: price, low: price, close: price, volume: 1_000 };
}

function stepAt(day: number, bars: RecordedStep["bars"], more: Partial<RecordedStep> = {}): RecordedStep {
  return { kind: "slice", timeMs: day * dayMs, isStale: false, bars, reports: [], ...more };
}

test("every slice is written with its bars and what the venue told, one without bars as well", () => {
  const { rig, read } = journaled();
  rig.pass(100, 200);
  rig.pass(none, 201);
  rig.pass(none, none);
  // One that was caught up with says so, and when it was handed over.
  const nothing = new Int32Array(0);
  const nowMs = 9 * dayMs;
  rig.desk.advance({
    timeMs: 4 * dayMs,
    nowMs,
    isStale: true,
    count: 0,
    instruments: nothing,
    rows: nothing,
  });
  expect(read()).toEqual([
    stepAt(1, [still(0, 1, 100), still(1, 1, 200)]),
    stepAt(2, [still(1, 2, 201)]),
    stepAt(3, []),
    stepAt(4, [], { nowMs, isStale: true }),
  ]);
});

test("what is sent is written before it goes, and the venue's answers with the slice that brings them", () => {
  const { rig, read } = journaled();
  rig.pass(100, 200);
  const order = rig.send({ terms: { type: "limit", limitPrice: 50 } });
  rig.modify(order, { terms: { type: "limit", limitPrice: 60 } });
  rig.cancel(order);
  expect(rig.desk.hasAnswers).toBe(true);
  expect(rig.story(100, 200)).toEqual(["modified 1", "canceled 1"]);
  const records = read();
  expect(records.map(({ kind }) => kind)).toEqual(["slice", "order", "change", "cancel", "slice"]);
  expect(records[1]).toMatchObject({ order: { id: 1, terms: { limitPrice: 50 } } });
  expect(records[2]).toMatchObject({ order: { id: 1, terms: { limitPrice: 60 } } });
  expect(records[3]).toEqual({ kind: "cancel", orderId: 1 });
  expect(records[4]).toMatchObject({ reports: [{ kind: "modified" }, { kind: "canceled", orderId: 1 }] });
});

test("bars that came too late for their slice are written with the next one, each once, and none of the future", () => {
  const { rig, read } = journaled();
  const [first, second] = rig.behind.bars;
  const add = (instrument: 0 | 1, day: number, price: number): void =>
    (instrument === 0 ? first! : second!).append(day * dayMs, price, price, price, price, 1_000);
  rig.pass(100, none);
  add(1, 1, 200);
  // The bar of day 2 is in the slice; that of day 3 is in the table before its time.
  rig.pass(101, none);
  add(1, 3, 203);
  add(1, 4, 204);
  rig.pass(102, none);
  rig.pass(103, none);
  expect(read()).toEqual([
    stepAt(1, [still(0, 1, 100)]),
    stepAt(2, [still(0, 2, 101)], { late: [still(1, 1, 200)] }),
    stepAt(3, [still(0, 3, 102)], { late: [still(1, 3, 203)] }),
    stepAt(4, [still(0, 4, 103)], { late: [still(1, 4, 204)] }),
  ]);
});

test("late bars of a symbol come before its own bar of the slice", () => {
  const { rig, read } = journaled();
  rig.pass(100, 200);
  rig.behind.bars[0]!.append(1.5 * dayMs, 1, 1, 1, 1, 1_000);
  rig.pass(101, 201);
  rig.pass(102, 202);
  const [, step, next] = read() as readonly RecordedStep[];
  expect(step!.late).toEqual([{ ...still(0, 1.5, 1) }]);
  expect(step!.bars).toEqual([still(0, 2, 101), still(1, 2, 201)]);
  expect(next!.late).toBeUndefined();
});

test("every bar is asked for: who restores the session needs them all", () => {
  const { rig } = journaled();
  rig.pass(100, 200);
  expect(rig.desk.quietUntil(1)).toBe(1);
});

const filled: RecordedStep = stepAt(1, [], {
  reports: [{ kind: "accepted", orderId: 1 as never, timeMs: dayMs }],
});

test("while a journal is read back a venue elsewhere hears nothing, and what it told is told again", () => {
  const { rig, read } = journaled("outside");
  rig.desk.showRecorded(filled);
  expect(rig.pass(100, 200)).toEqual(filled.reports);
  expect(rig.desk.heardAgain).toBe(filled.reports);
  const order = rig.send();
  rig.modify(order, { quantity: 2 });
  rig.cancel(order);
  expect(rig.desk.sentAgain.map(({ kind }) => kind)).toEqual(["order", "change", "cancel"]);
  // The next step begins a new list; the end of the journal empties it, and from then on the venue is asked.
  rig.desk.showRecorded(stepAt(2, []));
  expect(rig.desk.sentAgain).toEqual([]);
  rig.pass(100, 200);
  rig.send();
  rig.desk.showRecorded(null);
  expect(rig.desk.sentAgain).toEqual([]);
  expect(read()).toEqual([]);
  rig.send({ quantity: 3 });
  expect(rig.story(100, 200)).toEqual(["fill 3 3@100"]);
  expect(rig.held()).toBe(3);
  // The bars of days 1 and 2 were read from the journal: they are not written a second time.
  expect(read().slice(1)).toMatchObject([{ kind: "slice", bars: [still(0, 3, 100), still(1, 3, 200)] }]);
  expect(read()[1]).not.toHaveProperty("late");
});

test("a venue inside this process lives again: it hears and tells, and nothing is written", () => {
  const { rig, read } = journaled("inside");
  rig.pass(100, 200);
  rig.desk.showRecorded(filled);
  rig.send({ quantity: 2 });
  expect(rig.story(101, 200)).toEqual(["fill 1 2@101"]);
  expect(rig.desk.heardAgain.map(({ kind }) => kind)).toContain("filled");
  // An answer at the present instant was a slice of its own in the journal.
  const waiting = rig.send({ terms: { type: "limit", limitPrice: 1 } });
  rig.cancel(waiting);
  expect(rig.desk.hasAnswers).toBe(false);
  expect(read()).toHaveLength(1);
});
