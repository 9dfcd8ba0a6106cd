import { BarTable } from "../domain/bar-table.ts";
import type { Timeframe } from "../domain/timeframe.ts";
import { JournaledBroker } from "../engine/journal/journaled-broker.ts";
import { restoreSession, type Restored } from "../engine/journal/restore-session.ts";
import type { Broker } from "../ports/broker.ts";
import type { JournalRecord, JournalStore, PredictedRecord } from "../ports/journal-store.ts";
import type { Market } from "../ports/market.ts";
import type { TradingState } from "../ports/risk.ts";
import type { Session } from "../engine/session.ts";

/** How a session is built for a replay. */
export type ReplayMaking = {
  readonly bars: readonly BarTable[];
  readonly cash: number;
  readonly broker: (venue: Broker, market: Market) => Broker;
  /** What the kill switch said then. */
  readonly tradingState: () => TradingState;
};

/** What a replay has found. */
export type Replay = Restored & {
  readonly decisionsHash: string;
  readonly fills: number;
  /** The session at the end of its journal. */
  readonly session: Session;
  /** The bars that it saw, by instrument. */
  readonly bars: readonly BarTable[];
  /** Closes of the bars that came too late to be decided on, or while the strategy was muted; those of the warm-up among them. */
  readonly staleTimes: ReadonlySet<number>;
  /** Close of the first bars that were decided on; Infinity where none were. */
  readonly decidedFromMs: number;
  /** How it began. */
  readonly beginning: Extract<JournalRecord, { readonly kind: "session" }>;
};

/**
 * Takes the strategy through a recorded session again: the same bars, the same answers of the venue, the same word of the
 * kill switch, the same predictions. What it sends now must be what it sent then. Throws where the journal begins with no
 * session.
 */
export function replaySession(
  journal: JournalStore,
  timeframe: Timeframe,
  buildSession: (making: ReplayMaking) => Session,
  takePredicted: (record: PredictedRecord) => void = () => {},
): Replay {
  const records = journal.read()[Symbol.iterator]();
  const first = records.next();
  if (first.done === true || first.value.kind !== "session")
    throw new Error("the journal does not begin with a session");
  const { symbols, cash } = first.value;
  const bars = symbols.map((symbol) => new BarTable(symbol, timeframe));
  let trading: TradingState = { state: "active", reason: "" };
  const made: { broker?: JournaledBroker } = {};
  const noted = { staleTimes: new Set<number>(), decidedFromMs: Infinity };
  const session = buildSession({
    bars,
    cash,
    broker: (venue, market) => (made.broker = new JournaledBroker(venue, market, journal, "outside")),
    tradingState: () => trading,
  });
  const restored = restoreSession(session, made.broker!, bars, noting(rest(records), noted), (record) => {
    if (record.kind === "predicted") takePredicted(record);
    if (record.kind === "trading")
      trading = { state: record.state as TradingState["state"], reason: record.reason };
  });
  const { log } = session.recorder;
  const fills = log.events.count("fill");
  return { ...restored, decisionsHash: log.hash(), fills, session, bars, ...noted, beginning: first.value };
}

function* noting(
  records: Iterable<JournalRecord>,
  noted: { readonly staleTimes: Set<number>; decidedFromMs: number },
): Generator<JournalRecord> {
  let lastMs = Number.NaN;
  for (const record of records) {
    if (record.kind === "slice" && record.bars.length > 0) lastMs = record.timeMs;
    if (record.kind === "muted") noted.staleTimes.add(lastMs);
    else if (record.kind === "slice" && (record.isStale || record.isMuted === true))
      noted.staleTimes.add(record.timeMs);
    else if (record.kind === "slice" && record.bars.length > 0)
      noted.decidedFromMs = Math.min(noted.decidedFromMs, record.timeMs);
    yield record;
  }
}

function* rest(records: Iterator<JournalRecord>): Generator<JournalRecord> {
  for (let next = records.next(); next.done !== true; next = records.next()) yield next.value;
}
