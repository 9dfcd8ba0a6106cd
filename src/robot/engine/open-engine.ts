import type { JournalRecord } from "../../ports/journal-store.ts";
import { OrderDesk } from "../desk/order-desk.ts";
import { EngineLink, type LinkParts, type RemoteMaking } from "./engine-link.ts";
import { lastCloseMs, openSession, rest, type OpenedSession, type SessionRecord } from "../open-session.ts";
import type { RobotParts } from "../robot-parts.ts";

/** Opens the engine that a robot was given, with the desk, as the journal left them. Throws `JOURNAL_DIFFERS`. */
export async function openEngine(
  parts: RobotParts,
  record: SessionRecord,
  records: Iterator<JournalRecord>,
  around: Pick<LinkParts, "say" | "guard" | "onGone">,
): Promise<OpenedSession> {
  if ("remote" in parts) return openRemoteSession(parts, parts.remote, record, records, around);
  return openSession(parts, record, records);
}

/** The same with the engine in a process of its own: desk and engine live through the journal side by side. */
async function openRemoteSession(
  { connection, journal, feed, takePredicted, isEarlierSession }: RobotParts,
  remote: RemoteMaking,
  record: SessionRecord,
  records: Iterator<JournalRecord>,
  around: Pick<LinkParts, "say" | "guard" | "onGone">,
): Promise<OpenedSession> {
  const { bars } = feed;
  const market = { instruments: remote.instruments, bars };
  const desk = new OrderDesk(record.sessionId, market, connection.capabilities);
  desk.state.expectedFee = (quantity, notional, liquidity) =>
    remote.commission.fee(quantity, notional, liquidity);
  desk.state.isEarlierSession = isEarlierSession ?? (() => false);
  desk.state.rateOfMoney = (currency, instrument, price) =>
    remote.prices.rateOfMoney(currency, instrument, price);
  const { cash } = record;
  const parts = { remote, desk, market, journal, cash, ...around };
  const engine = new EngineLink(takePredicted === undefined ? parts : { ...parts, takePredicted });
  try {
    await engine.open(rest(records));
  } catch (error) {
    await engine.close();
    throw error;
  }
  return { engine, desk, livedThroughMs: lastCloseMs(bars) };
}
