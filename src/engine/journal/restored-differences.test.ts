import { expect, test } from "vitest";
import { hours, plainAccount, scripted, type Script } from "../../../test/scripted-run.ts";
import { runConfigSchema } from "../../app/config/run-config.ts";
import { buildSession, layGround } from "../../app/session/build-session.ts";
import { hourMs } from "../../base/time.ts";
import { historicalFeed } from "../../data/historical-feed.ts";
import { BarTable } from "../../domain/bar-table.ts";
import type { OrderRequest } from "../../domain/order.ts";
import type { JournalRecord, JournalStore } from "../../ports/journal-store.ts";
import { live } from "../step.ts";
import { JournaledBroker, type RecordedStep } from "./journaled-broker.ts";
import { restoreSession, type Restored } from "./restore-session.ts";

// A journal that can be changed between writing and reading. Bars stand still at 100; the script buys at the close of hour 2
// and sells at the close of hour 4, so that fills come with the hours 3 and 5.

const script: Script = { 2: [1, { stopPrice: 50 }], 4: [0] };

function sessionOver(table: BarTable, records: JournalRecord[], says = script) {
  const store: JournalStore = {
    append: (record) => void records.push(record),
    sync: () => {},
    read: () => records,
    close: () => {},
  };
  const config = runConfigSchema.parse(plainAccount);
  const made: { broker?: JournaledBroker } = {};
  const session = buildSession(
    { bars: [table], strategy: scripted(says), params: {}, config },
    layGround([table], config),
    { broker: (venue, market) => (made.broker = new JournaledBroker(venue, market, store, "inside")) },
  );
  return { session, broker: made.broker! };
}

/** What a session of six hours wrote, as it comes back from the text of a journal. */
function written(says = script): JournalRecord[] {
  const records: JournalRecord[] = [];
  const table = hours([100, 100, 100, 100, 100, 100]);
  const grown = new BarTable("TEST", "1h");
  const { session } = sessionOver(grown, records, says);
  for (const batch of historicalFeed([table]))
    while (batch.advance()) {
      const hour = batch.slice.timeMs;
      grown.append(hour, 100, 100, 100, 100, 1_000);
      live(session, batch.slice);
    }
  return structuredClone(records);
}

function restoredFrom(
  records: readonly JournalRecord[],
  others: JournalRecord[] = [],
  says = script,
): Restored {
  const table = new BarTable("TEST", "1h");
  const { session, broker } = sessionOver(table, [], says);
  return restoreSession(session, broker, [table], records, (record) => void others.push(record));
}

function placesOf(records: readonly JournalRecord[], kind: JournalRecord["kind"]): readonly number[] {
  return records.flatMap((record, k) => (record.kind === kind ? [k] : []));
}

type OrderRecord = { readonly kind: "order" | "change"; readonly order: OrderRequest };

/** A copy in which a record is changed. */
function changed(records: readonly JournalRecord[], place: number, change: object): JournalRecord[] {
  return records.map((record, k) => (k === place ? ({ ...record, ...change } as JournalRecord) : record));
}

const records = written();
const orders = placesOf(records, "order");
const slices = placesOf(records, "slice");

test("a journal that says the same is lived through to its end", () => {
  expect(restoredFrom(records)).toEqual({ steps: slices.length, unwritten: [], difference: null });
  // An entry and its stop, and the order that closes.
  expect(orders).toHaveLength(3);
});

test("records about the venue alone are handed on in their place and change nothing", () => {
  const incident = { kind: "incident", atMs: 1, what: "line", message: "down" } as const;
  const trading = { kind: "trading", atMs: 2, state: "on", reason: "" } as const;
  const others: JournalRecord[] = [];
  const mixed = [incident, ...records.slice(0, 2), trading, ...records.slice(2)];
  expect(restoredFrom(mixed, others).difference).toBeNull();
  expect(others).toEqual([incident, trading]);
});

test("what the last step sends and the journal does not have was not written any more", () => {
  const upToEntry = records.slice(0, orders[0]!);
  const { unwritten, difference, steps } = restoredFrom(upToEntry);
  expect(difference).toBeNull();
  expect(steps).toBe(2);
  expect(unwritten.map((sent) => sent.kind === "order" && sent.order.terms.type)).toEqual([
    "market",
    "stop_market",
  ]);
  const half = restoredFrom(records.slice(0, orders[0]! + 1));
  expect(half.difference).toBeNull();
  expect(half.unwritten).toHaveLength(1);
});

test.each([
  ["another quantity", { quantity: 9 }],
  ["another text", { reason: "whim" }],
  ["a text where there was none", { parentId: "1" }],
  ["something inside a field that is another", { terms: { type: "limit", limitPrice: 100 } }],
  ["a field that nobody sends now", { extra: 1 }],
  ["nothing in place of a value", { terms: null }],
  ["a switch the other way round", { reduceOnly: true }],
])("an order with %s is the first difference", (_name, change) => {
  const place = orders[0]!;
  const record = records[place] as OrderRecord;
  const { difference, steps, unwritten } = restoredFrom(
    changed(records, place, { order: { ...record.order, ...change } }),
  );
  expect(difference).toMatchObject({
    timeMs: 2 * hourMs,
    recorded: { kind: "order", order: change },
    now: { kind: "order", order: { id: 1, reason: "script" } },
  });
  // The step after it is not lived through.
  expect([steps, unwritten]).toEqual([2, []]);
});

test("changes and cancels are compared as orders are", () => {
  // The stop is moved; then an entry waits for a price that never comes, and is withdrawn.
  const says: Script = {
    2: [1, { stopPrice: 50 }],
    3: [1, { stopPrice: 60 }],
    4: [0],
    5: [1, { entry: { kind: "limit", price: 40 } }],
    6: [0],
  };
  const own = written(says);
  for (const kind of ["change", "cancel"] as const) {
    const [place] = placesOf(own, kind);
    const others: JournalRecord[] = [];
    expect(restoredFrom(own, others, says)).toMatchObject({ difference: null, unwritten: [] });
    expect(others).toEqual([]);
    expect(restoredFrom(own.toSpliced(place!, 1), [], says).difference).toMatchObject({ now: { kind } });
  }
});

test("an order that only one of both knows is a difference, unless it is the last", () => {
  const missing = records.filter((_, k) => k !== orders[1]);
  expect(restoredFrom(missing).difference).toMatchObject({
    recorded: null,
    now: { kind: "order", order: { id: 2 } },
  });
  const doubled = records.toSpliced(orders[1]! + 1, 0, records[orders[1]!]!);
  expect(restoredFrom(doubled).difference).toMatchObject({ recorded: { order: { id: 2 } }, now: null });
  const more = [...records, records[orders[0]!]!];
  expect(restoredFrom(more).difference).toMatchObject({ recorded: { order: { id: 1 } }, now: null });
});

test("what the venue told is compared as well, also of the last step", () => {
  const reportsAt = (at: number) => (records[at] as RecordedStep).reports;
  const at = slices.find((place) => reportsAt(place).length > 0)!;
  const reports = reportsAt(at);
  const fewer = changed(records, at, { reports: reports.slice(1) });
  expect(restoredFrom(fewer).difference).not.toBeNull();
  expect(restoredFrom(fewer.slice(0, at + 1)).difference).not.toBeNull();
  expect(restoredFrom(records.slice(0, at + 1)).difference).toBeNull();
});

test("a field without a value is none, and numbers that are the same are the same", () => {
  const place = orders[0]!;
  const record = records[place] as OrderRecord;
  const same = { ...record.order, nothing: undefined, ocoGroup: -0, expireTimeMs: Infinity };
  expect(restoredFrom(changed(records, place, { order: same })).difference).toBeNull();
});

test("a slice without bars shows none of those before, and late bars go to the tables first", () => {
  const late = [{ instrument: 0, closeTimeMs: hourMs / 2, open: 1, high: 1, low: 1, close: 1, volume: 1 }];
  const table = new BarTable("TEST", "1h");
  const { session, broker } = sessionOver(table, []);
  const first = { ...records[slices[0]!]!, late } as JournalRecord;
  restoreSession(session, broker, [table], [first]);
  expect([...table.closeTimeMs.subarray(0, table.length)]).toEqual([hourMs / 2, hourMs]);
});
