import { assert } from "../../base/assert.ts";
import type { BarTable } from "../../domain/bar-table.ts";
import type { ExecutionReport } from "../../domain/order.ts";
import type { MarketSlice } from "../../domain/slice.ts";
import type { JournaledBar, JournalRecord } from "../../ports/journal-store.ts";
import type { Session } from "../session.ts";
import { step } from "../step.ts";
import type { JournaledBroker, RecordedStep, Sent } from "./journaled-broker.ts";

/** A record about the venue that is neither bar nor order. */
type OtherRecord = Exclude<JournalRecord, RecordedStep | Sent | MutedRecord>;
type MutedRecord = Extract<JournalRecord, { kind: "muted" }>;

/** How a restored session compares with the one that was recorded. */
export type Restored = {
  readonly steps: number;
  /** What the last step sends and the journal does not have: its writer died in the middle of the step. */
  readonly unwritten: readonly Sent[];
  /** The first thing that was sent or heard then and not now, or the other way round; null when all is the same. */
  readonly difference: {
    readonly timeMs: number;
    readonly recorded: Sent | ExecutionReport | null;
    readonly now: Sent | ExecutionReport | null;
  } | null;
};

/**
 * Brings a session to the state in which its journal ends, by living through it again: targets, the strategy's memory,
 * protection, trailing stops and order numbers come back because they follow from what was recorded. `session` is newly
 * built with `broker` and with `tables` as its bars, which hold what was there before the first record and no more.
 * `onOther` is shown the records that are about the venue alone, in their place. Stops at the first difference: the code
 * or the settings are not those that wrote the journal.
 */
export function restoreSession(
  session: Session,
  broker: JournaledBroker,
  tables: readonly BarTable[],
  records: Iterable<JournalRecord>,
  onOther: (record: OtherRecord) => void = () => {},
): Restored {
  const restorer = new Restorer(session, broker, tables, onOther);
  for (const record of records) if (!restorer.take(record)) break;
  return restorer.end();
}

/**
 * The same record by record, for a journal that comes in pieces. A step waits for the next one: what is written between says whether
 * the strategy is asked on it.
 */
export class Restorer {
  private readonly session: Session;
  private readonly broker: JournaledBroker;
  private readonly tables: readonly BarTable[];
  private readonly onOther: (record: OtherRecord) => void;
  private readonly slice: RecordedSlice;
  private readonly sentThen: Sent[] = [];
  private waiting: RecordedStep | null = null;
  /** What was written after it. */
  private after: Exclude<JournalRecord, RecordedStep>[] = [];
  private present: RecordedStep | null = null;
  private difference: Restored["difference"] = null;
  private steps = 0;

  constructor(
    session: Session,
    broker: JournaledBroker,
    tables: readonly BarTable[],
    onOther: (record: OtherRecord) => void,
  ) {
    assert(session.broker === broker, "the session speaks to the broker that is shown the journal");
    this.session = session;
    this.broker = broker;
    this.tables = tables;
    this.onOther = onOther;
    this.slice = new RecordedSlice(tables.length);
  }

  /** Lives through a record; false after a difference, when nothing more is lived through. */
  take(record: JournalRecord): boolean {
    if (this.difference !== null) return false;
    if (record.kind !== "slice") this.after.push(record);
    else {
      this.liveThroughWaiting();
      this.waiting = record;
    }
    return this.difference === null;
  }

  private liveThroughWaiting(): void {
    const { waiting, after, broker } = this;
    [this.waiting, this.after] = [null, []];
    if (waiting !== null) {
      this.difference = this.compare(broker.sentAgain);
      if (this.difference !== null) return;
      this.sentThen.length = 0;
      this.present = after.some(({ kind }) => kind === "muted") ? { ...waiting, isMuted: true } : waiting;
      stepRecorded(this.session, broker, this.slice, this.present, this.tables);
      this.steps += 1;
    }
    for (const record of after)
      if (isSent(record)) this.sentThen.push(record);
      else if (record.kind !== "muted") this.onOther(record);
  }

  /** What came of it, after the last record. */
  end(): Restored {
    if (this.difference === null) this.liveThroughWaiting();
    const { broker, sentThen, steps } = this;
    // Of the last step the journal may have a part: nothing of it was sent before all of it was written.
    const difference = this.difference ?? this.compare(broker.sentAgain.slice(0, sentThen.length));
    const unwritten = this.difference === null ? broker.sentAgain.slice(sentThen.length) : [];
    broker.showRecorded(null);
    return { steps, unwritten, difference };
  }

  private compare(now: readonly Sent[]): Restored["difference"] {
    const { present, broker, sentThen } = this;
    if (present === null) return null;
    const { timeMs, reports } = present;
    return firstDifference(timeMs, reports, broker.heardAgain) ?? firstDifference(timeMs, sentThen, now);
  }
}

/** Takes a session through one recorded step, whose bars go to the end of `tables`. Returns what it sends, until the next step. */
export function stepRecorded(
  session: Session,
  broker: JournaledBroker,
  slice: RecordedSlice,
  record: RecordedStep,
  tables: readonly BarTable[],
): readonly Sent[] {
  broker.showRecorded(record);
  step(session, slice.show(record, tables));
  return broker.sentAgain;
}

/** Whether a record is of something that the session sent. */
export function isSent(record: JournalRecord): record is Sent {
  return record.kind === "order" || record.kind === "change" || record.kind === "cancel";
}

function firstDifference<Item extends Sent | ExecutionReport>(
  timeMs: number,
  then: readonly Item[],
  now: readonly Item[],
): Restored["difference"] {
  const length = Math.max(then.length, now.length);
  for (let k = 0; k < length; k++) {
    if (!isSame(then[k], now[k])) return { timeMs, recorded: then[k] ?? null, now: now[k] ?? null };
  }
  return null;
}

/** Whether two pieces of plain data say the same: a field without a value is none, as in the text of a journal. */
function isSame(then: unknown, now: unknown): boolean {
  if (Object.is(then, now) || then === now) return true;
  if (typeof then !== "object" || typeof now !== "object" || then === null || now === null) return false;
  const [a, b] = [then, now] as readonly Readonly<Record<string, unknown>>[];
  for (const key in a) if (!isSame(a[key], b![key])) return false;
  for (const key in b) if (b[key] !== undefined && a![key] === undefined) return false;
  return true;
}

/** A recorded step as the engine sees it: its bars go to the end of the tables. */
export class RecordedSlice implements MarketSlice {
  timeMs = 0;
  nowMs: number | undefined = undefined;
  count = 0;
  isStale = false;
  isMuted = false;
  readonly instruments: Int32Array;
  readonly rows: Int32Array;

  constructor(instrumentCount: number) {
    this.instruments = new Int32Array(instrumentCount);
    this.rows = new Int32Array(instrumentCount);
  }

  show(record: RecordedStep, tables: readonly BarTable[]): this {
    this.timeMs = record.timeMs;
    this.nowMs = record.nowMs;
    this.isStale = record.isStale;
    this.isMuted = record.isMuted === true;
    this.count = record.bars.length;
    for (const bar of record.late ?? []) append(bar, tables);
    for (const [k, bar] of record.bars.entries()) {
      this.instruments[k] = bar.instrument;
      this.rows[k] = append(bar, tables);
    }
    return this;
  }
}

/** Returns the row. */
function append(bar: JournaledBar, tables: readonly BarTable[]): number {
  const table = tables[bar.instrument]!;
  table.append(bar.closeTimeMs, bar.open, bar.high, bar.low, bar.close, bar.volume);
  return table.length - 1;
}
