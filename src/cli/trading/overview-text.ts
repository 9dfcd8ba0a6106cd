import { moneyText } from "../../analysis/report/number-text.ts";
import type { SessionNow } from "../../app/trading/sessions-now.ts";
import { formatDuration } from "../../base/time.ts";
import { table } from "../output/table.ts";
import { barText, freshMs, quantityText } from "./session-text.ts";

/** Several sessions on one screen: each account, what its sessions have of it, and who holds what of each symbol. */
export function overviewText(sessions: readonly SessionNow[], nowMs: number): string {
  const accounts = [...new Set(sessions.map(({ note }) => note.account))];
  return accounts
    .map((account) =>
      accountText(
        account,
        sessions.filter(({ note }) => note.account === account),
        nowMs,
      ),
    )
    .join("\n\n");
}

function accountText(account: string, sessions: readonly SessionNow[], nowMs: number): string {
  const { mode, isDemo } = sessions[0]!.note;
  const kind = mode === "live" ? "LIVE: REAL MONEY" : "PAPER: play money";
  return [
    `${kind}   account ${account}${isDemo ? "   SYNTHETIC MARKET" : ""}`,
    ...moneyLines(sessions),
    "",
    sessionTable(sessions, nowMs),
    ...positionLines(sessions),
    "",
    "kiwi status --session ID   says more of one, and why it decided as it did",
  ].join("\n");
}

/** The account by the venue, and what of it the sessions have by their own fills. */
function moneyLines(sessions: readonly SessionNow[]): readonly string[] {
  const shared = sessions.find(({ status }) => status?.shared != null)?.status?.shared;
  if (shared == null) return [];
  const own = sessions.reduce((sum, { status }) => sum + (status?.robot.equity ?? 0), 0);
  const rest = shared.equity - own;
  return [
    `equity ${moneyText(shared.equity)} ${shared.currency} at the venue   sessions ${moneyText(own)}   not shared out ${moneyText(rest)}`,
  ];
}

function sessionTable(sessions: readonly SessionNow[], nowMs: number): string {
  return table(
    [
      { title: "session" },
      { title: "name" },
      { title: "state" },
      { title: "equity", align: "right" },
      { title: "day", align: "right" },
      { title: "fills", align: "right" },
      { title: "orders", align: "right" },
      { title: "last bar" },
    ],
    sessions.map(({ note, status, isRunning }) => [
      note.id,
      note.part?.name ?? note.strategy,
      stateText(status, isRunning, nowMs),
      status === null ? "" : moneyText(status.robot.equity),
      status === null ? "" : moneyText(status.account.dayPnl, { signed: true }),
      status === null ? "" : String(status.robot.counts.fills),
      status === null ? "" : String(status.robot.orders.length),
      status === null ? "" : barText(status.robot.lastBarMs),
    ]),
  );
}

function stateText(status: SessionNow["status"], isRunning: boolean, nowMs: number): string {
  if (status === null) return isRunning ? "starting" : "no status";
  const { trading, phase } = status.robot;
  if (phase === "stopped" || !isRunning) return "ENDED";
  const ageMs = nowMs - status.writtenMs;
  if (ageMs > freshMs) return `SILENT ${formatDuration(ageMs)}`;
  if (trading.state !== "active") return trading.state.toUpperCase();
  const blocked = status.robot.positions.filter((line) => (line.blocked ?? null) !== null);
  return blocked.length === 0 ? phase : `${phase}, not ${blocked.map(({ symbol }) => symbol).join(" ")}`;
}

/** One line a symbol: what the account holds of it, and whose that is. */
function positionLines(sessions: readonly SessionNow[]): readonly string[] {
  const parts = new Map<string, { readonly who: string; readonly quantity: number }[]>();
  const add = (symbol: string, who: string, quantity: number): void => {
    if (quantity !== 0) parts.set(symbol, [...(parts.get(symbol) ?? []), { who, quantity }]);
  };
  for (const { note, status } of sessions)
    for (const { symbol, quantity } of status?.robot.positions ?? [])
      add(symbol, note.part?.name ?? note.strategy, quantity);
  const shared = sessions.find(({ status }) => status?.shared != null)?.status?.shared;
  for (const { symbol, quantity } of shared?.beside ?? []) add(symbol, "not theirs", quantity);
  if (parts.size === 0) return [];
  const rows = [...parts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([symbol, held]) => [
      symbol,
      quantityText(held.reduce((sum, { quantity }) => sum + quantity, 0)),
      held.map(({ who, quantity }) => `${who} ${quantityText(quantity)}`).join("   "),
    ]);
  return ["", table([{ title: "symbol" }, { title: "held", align: "right" }, { title: "by whom" }], rows)];
}
