import { secondMs } from "../base/time.ts";
import { JournaledBroker } from "../engine/journal/journaled-broker.ts";
import { restoreSession } from "../engine/journal/restore-session.ts";
import type { Bars } from "../domain/bars.ts";
import { sleep } from "../ports/clock.ts";
import type { AccountSnapshot } from "../ports/broker-connection.ts";
import type { JournalRecord } from "../ports/journal-store.ts";
import type { Market } from "../ports/market.ts";
import { insist } from "./insist.ts";
import type { Patience } from "./patience.ts";
import { readable } from "./desk/readable.ts";
import { isForDesk, OrderDesk } from "./desk/order-desk.ts";
import { journalDiffers, journalOfAnother } from "./robot-errors.ts";
import { EngineHere } from "./engine/engine-here.ts";
import type { EngineLink } from "./engine/engine-link.ts";
import type { LocalEngine, RobotParts } from "./robot-parts.ts";

/** A new session asks for its account so often while something fills there. */
const looksMax = 10;

/** How a journal begins. */
export type SessionRecord = Extract<JournalRecord, { readonly kind: "session" }>;
/** What an account holds when a session begins on it, after that. */
export type HoldingRecord = Extract<JournalRecord, { readonly kind: "holding" }>;

/** A session with the keeper of its orders, as the journal left them. */
export type OpenedSession = {
  readonly engine: EngineHere | EngineLink;
  readonly desk: OrderDesk;
  /** Close of the newest bar that was lived through; -Infinity for a new session. */
  readonly livedThroughMs: number;
};

/** A journal that has a session: how it begins, what follows, and what the account held where it begins only now. */
export type OpenedJournal = {
  readonly record: SessionRecord;
  readonly records: Iterator<JournalRecord>;
  /** Null for a session that goes on. */
  readonly begunWith: readonly HoldingRecord[] | null;
};

/** The session of a journal; null for one that is empty. Throws `JOURNAL_OF_ANOTHER`. */
export function readJournal(parts: RobotParts): OpenedJournal | null {
  const records = parts.journal.read()[Symbol.iterator]();
  const first = records.next();
  return first.done === true ? null : { record: checkRecord(parts, first.value), records, begunWith: null };
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

/** Begins a journal: what the session is, with how much money it begins, and what the account holds already. */
export async function beginJournal(
  parts: RobotParts,
  asking: { readonly patience: Patience; readonly signal: AbortSignal },
): Promise<OpenedJournal> {
  const { connection, journal, identity, feed, sessionTag, atDifference, clock } = parts;
  const symbols = feed.bars.map(({ symbol }) => symbol);
  const snapshot = await stillAccount(parts, asking);
  const { positions, venueTimeMs } = snapshot;
  const record: SessionRecord = {
    kind: "session",
    sessionId: sessionTag,
    symbols,
    historyRows: feed.bars.map(() => 0),
    strategy: identity.strategy,
    settingsHash: identity.settingsHash,
    accountName: connection.accountName,
    cash: cashOf(snapshot, symbols),
    venueTimeMs,
  };
  // That nothing is held is said, too: a fill of before, told late, is in that nothing already.
  const holdings = (atDifference === "adopt" ? symbols : []).map((symbol): HoldingRecord => {
    const { quantity = 0, averagePrice = 0 } = positions.get(symbol) ?? {};
    return { kind: "holding", atMs: clock.nowMs(), symbol, quantity, averagePrice, venueTimeMs };
  });
  for (const one of [record, ...holdings]) journal.append(one);
  journal.sync();
  return { record, records: holdings.values(), begunWith: holdings };
}

/**
 * The account while nothing fills: two answers after one another that hold the same. A fill between an answer's time and the answer
 * itself would else be in its holdings and be booked once more. After some looks the newest has to do: the running comparison finds
 * what is left.
 */
async function stillAccount(
  parts: RobotParts,
  asking: { readonly patience: Patience; readonly signal: AbortSignal },
): Promise<AccountSnapshot> {
  const ask = (): Promise<AccountSnapshot> =>
    insist({ ...parts, ...asking }, "the account", async () => readable(await parts.connection.account()));
  let snapshot = await ask();
  for (let looks = 1; looks < looksMax; looks++) {
    const before = snapshot;
    // A clock of whole seconds may be behind what is in its own answer: after a second it is not behind the answer before.
    if (before.venueTimeMs % secondMs === 0) await sleep(parts.clock, secondMs, asking.signal);
    snapshot = await ask();
    if (holdingsText(before) === holdingsText(snapshot)) break;
  }
  return snapshot;
}

/**
 * Builds a session and lives through what its journal has: bars, what the venue told, what was sent. What its writer
 * had no time to write of its last step is written now. Throws `JOURNAL_DIFFERS` where it does not come out the same.
 */
export function openSession(
  { buildSession, connection, journal, feed, takePredicted, isEarlierSession }: RobotParts & LocalEngine,
  record: SessionRecord,
  records: Iterator<JournalRecord>,
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

function holdingsText({ positions, balance }: AccountSnapshot): string {
  return JSON.stringify([balance, Array.from(positions, ([symbol, { quantity }]) => [symbol, quantity])]);
}

/** Money that a session begins with, so that what it holds already can be booked as bought at its average price. */
function cashOf({ balance, positions }: AccountSnapshot, symbols: readonly string[]): number {
  return symbols.reduce((sum, symbol) => sum + (positions.get(symbol)?.paid ?? 0), balance);
}

/** What is left of an iterator. */
export function* rest(records: Iterator<JournalRecord>): Generator<JournalRecord> {
  for (let next = records.next(); next.done !== true; next = records.next()) yield next.value;
}
