import { KiwiError } from "../../../base/errors.ts";
import type { BrokerFinding } from "../../../ports/broker-connection.ts";
import type { TradingMode } from "../../../ports/broker-plugin.ts";
import type { Clock } from "../../../ports/clock.ts";
import { clockOff } from "../../shared/call-errors.ts";
import { modeMismatch } from "../shared/broker-errors.ts";
import type { Inspection } from "../shared/venue-connection.ts";
import type { IbQuestions } from "./ib-questions.ts";
import type { IbSession } from "./ib-session.ts";

const venue = "Interactive Brokers";

type Looked = {
  readonly session: IbSession;
  readonly questions: IbQuestions;
  readonly clock: Clock;
  readonly mode: TradingMode;
  readonly account: string | undefined;
  readonly clientId: number;
  readonly clockSkewMsMax: number;
  readonly onAccount: (name: string) => void;
};

/** Looks at accounts, clock and rights, and fills the books with what is known there of orders and executions. */
export async function inspectIb(looked: Looked): Promise<Inspection> {
  const { session, questions, clock, mode, account, clientId, clockSkewMsMax, onAccount } = looked;
  const { accounts } = session;
  const accountName = account ?? accounts[0] ?? "";
  checkMode(accountName, mode);
  onAccount(accountName);
  const askedMs = clock.nowMs();
  const timeMs = await questions.timeMs();
  // It tells the second that has begun: half of one is the best guess.
  const skewMs = (askedMs + clock.nowMs()) / 2 - (timeMs + 500);
  if (Math.abs(skewMs) > clockSkewMsMax) throw clockOff(venue, Math.round(skewMs), clockSkewMsMax);
  const isChosen = account === undefined ? accounts.length === 1 : accounts.includes(account);
  const rights = await rightsFinding(questions);
  if (rights.isFit) {
    await questions.completedOrders();
    await questions.executions();
  }
  return {
    accountName,
    findings: [
      {
        what: "account",
        found: accounts.join(", ") || "none",
        wanted: account ?? "one, or which of them (broker.account)",
        isFit: isChosen,
      },
      rights,
      {
        what: "client id",
        found: String(session.clientId),
        wanted: session.clientId === clientId ? String(clientId) : `${clientId}, which somebody has`,
        isFit: true,
      },
    ],
  };
}

/** Accounts with play money begin with a D. */
function checkMode(accountName: string, mode: TradingMode): void {
  if (accountName === "" || accountName.startsWith("D") === (mode === "paper")) return;
  const kind = accountName.startsWith("D") ? "play money" : "money";
  const fix =
    mode === "paper"
      ? "start the gateway in paper mode, and give its port (4002; 7497 of TWS)"
      : "start the gateway in live mode, and give its port (4001; 7496 of TWS)";
  throw modeMismatch(venue, mode, `account ${accountName} is one with ${kind}`, fix);
}

async function rightsFinding(questions: IbQuestions): Promise<BrokerFinding> {
  const what = "API";
  const wanted = "may trade (in its settings: Read-Only API off)";
  try {
    await questions.openOrders();
    return { what, found: "may trade", wanted, isFit: true };
  } catch (error) {
    if (error instanceof KiwiError && /read-only/i.test(error.parts.message))
      return { what, found: "read-only", wanted, isFit: false };
    throw error;
  }
}
