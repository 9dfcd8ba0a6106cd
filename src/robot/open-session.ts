import { JournaledBroker } from "../engine/journal/journaled-broker.ts";
import { restoreSession } from "../engine/journal/restore-session.ts";
import type { Bars } from "../domain/bars.ts";
import type { AccountSnapshot } from "../ports/broker-connection.ts";
import type { JournalRecord } from "../ports/journal-store.ts";
import type { Market } from "../ports/market.ts";
import { isForDesk, OrderDesk } from "./desk/order-desk.ts";
import { journalDiffers, journalOfAnother } from "./robot-errors.ts";
import { EngineHere } from "./engine/engine-here.ts";
import type { EngineLink } from "./engine/engine-link.ts";
import type { LocalEngine, RobotParts } from "./robot-parts.ts";

/** How a journal begins. */
export type SessionRecord = Extract<JournalRecord, { readonly kind: "session" }>;

/** A session with the keeper of its orders, as the journal left them. */
export type OpenedSession = {
  readonly engine: EngineHere | EngineLink;
  readonly desk: OrderDesk;
  /** Close of the newest bar that was lived through; -Infinity for a new session. */
  readonly livedThroughMs: number;
};

/** A journal that has a session, and its records after the first; null for one that is empty. Throws `JOURNAL_OF_ANOTHER`. */
export function readJournal(
  parts: RobotParts,
): { readonly record: SessionRecord; readonly records: Iterator<JournalRecord> } | null {
  const records = parts.journal.read()[Symbol.iterator]();
  const first = records.next();
  return first.done === true ? null : { record: checkRecord(parts, first.value), records };
}

function checkRecord({ identity, feed, connection }: RobotParts, record: JournalRecord): SessionRecord {
  if (record.kind !== "session") throw journalOfAnother("kind", record.kind, "a session");
  const compared = [
    ["account", record.accountName, connection.accountName],
    ["strategy", record.strategy, identity.strategy],
    ["settings", record.settingsHash, identity.settingsHash],
    ["symbols", record.symbols.join(" "), feed.bars.map(({ symbol }) => symbol).join(" ")],
  ] as const;
  for (const [what, journal, now] of compared)
    if (journal !== now) throw journalOfAnother(what, journal, now);
  return record;
}

/** Begins a journal: what the session is, and with how much money it begins. */
export function beginJournal(parts: RobotParts, snapshot: AccountSnapshot): SessionRecord {
  const { connection, journal, identity, feed, sessionTag } = parts;
  const record: SessionRecord = {
    kind: "session",
    sessionId: sessionTag,
    symbols: feed.bars.map(({ symbol }) => symbol),
    historyRows: feed.bars.map(() => 0),
    strategy: identity.strategy,
    settingsHash: identity.settingsHash,
    accountName: connection.accountName,
    cash: cashOf(snapshot),
    venueTimeMs: snapshot.venueTimeMs,
  };
  journal.append(record);
  journal.sync();
  return record;
}

/**
 * Builds a session and lives through what its journal has: bars, what the venue told, what was sent. What its writer
 * had no time to write of its last step is written now. Throws `JOURNAL_DIFFERS` where it does not come out the same.
 */
export function openSession(
  { buildSession, connection, journal, feed, takePredicted, isEarlierSession }: RobotParts & LocalEngine,
  record: SessionRecord,
  records: Iterator<JournalRecord> | null,
): OpenedSession & { readonly engine: EngineHere } {
  const made: { desk?: OrderDesk; broker?: JournaledBroker } = {};
  const session = buildSession({
    bars: feed.bars,
    cash: record.cash,
    broker: (_venue, market: Market) => {
      made.desk = new OrderDesk(record.sessionId, market, connection.capabilities);
      return (made.broker = new JournaledBroker(made.desk, market, journal, "inside"));
    },
  });
  const desk = made.desk!;
  desk.state.isEarlierSession = isEarlierSession ?? (() => false);
  const { ledger } = session.portfolio;
  const { commission } = session.pipeline;
  desk.state.expectedFee = (quantity, notional, liquidity) => commission.fee(quantity, notional, liquidity);
  desk.state.rateOfMoney = (currency, instrument, price) => ledger.rateOfMoney(currency, instrument, price);
  const engine = new EngineHere(session);
  if (records === null) return { engine, desk, livedThroughMs: -Infinity };
  const { difference, unwritten } = restoreSession(
    session,
    made.broker!,
    feed.bars,
    rest(records),
    (other) => {
      if (other.kind === "predicted") takePredicted?.(other);
      else if (isForDesk(other)) desk.hear(other);
    },
  );
  if (difference !== null) throw journalDiffers(difference);
  for (const sent of unwritten) journal.append(sent);
  return { engine, desk, livedThroughMs: lastCloseMs(feed.bars) };
}

/** Close of the newest bar of any table; -Infinity without bars. */
export function lastCloseMs(bars: readonly Bars[]): number {
  return bars.reduce(
    (last, { closeTimeMs, length }) => Math.max(last, length === 0 ? -Infinity : closeTimeMs[length - 1]!),
    -Infinity,
  );
}

/** Money that a session begins with, so that what is held already can be booked as bought at its average price. */
function cashOf({ cash, currency, positions, equity }: AccountSnapshot): number {
  let held = 0;
  for (const { quantity, averagePrice } of positions.values()) held += quantity * averagePrice;
  return (cash.get(currency) ?? equity - held) + held;
}

/** What is left of an iterator. */
export function* rest(records: Iterator<JournalRecord>): Generator<JournalRecord> {
  for (let next = records.next(); next.done !== true; next = records.next()) yield next.value;
}
