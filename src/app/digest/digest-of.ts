import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { StateDatabase } from "../../adapters/stores/state/state-database.ts";
import type {
  DecisionRow,
  EventRow,
  FillRow,
  PositionRow,
  SessionRow,
  TradeRow,
} from "../../adapters/stores/state/state-tables.ts";
import { AlertFiles, type KeptAlerts } from "../alerts/alert-files.ts";
import type { ComparedDay } from "../trading/comparison-book.ts";
import { sessionPaths } from "../trading/session-folder.ts";

/** What the account was worth at the end of a piece of the time, and the least it was worth in it. */
export type EquityPoint = { readonly timeMs: number; readonly equity: number; readonly low: number };

/** How a session did in the time of a digest. */
export type SessionDigest = {
  readonly session: SessionRow;
  /** At the beginning of the time, or of the session; null where its equity is not known. */
  readonly equityStart: number | null;
  readonly equityEnd: number | null;
  /** Largest fall from a high within the time, as a fraction. */
  readonly drawdown: number | null;
  readonly curve: readonly EquityPoint[];
  readonly fills: readonly FillRow[];
  readonly trades: readonly TradeRow[];
  readonly positions: readonly PositionRow[];
  /** What went wrong or was ordered; what was told several times once, when it was last. */
  readonly events: readonly (EventRow & { readonly times: number })[];
  /** Changes of strategy, where one is chosen among several. */
  readonly selections: readonly DecisionRow[];
  /** Why orders did not go out, by reason, the most frequent first. */
  readonly refusals: readonly { readonly reason: string; readonly count: number }[];
  /** Against the backtest of the same bars, as of the last day that was compared; null before that. */
  readonly comparison: ComparedDay | null;
};

/** What a person who slept should know. */
export type Digest = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly sessions: readonly SessionDigest[];
  /** Sessions begun within the time whose made-up market has times of its own: what they did is in no digest. */
  readonly demos: readonly SessionRow[];
  readonly alerts: KeptAlerts["alerts"];
  /** Messages that reached nobody within the time. */
  readonly undelivered: KeptAlerts["failures"];
};

/** Pieces of the time that a curve is drawn of: as many bars as fit a mail. */
const pieces = 48;

/** Says what happened from `fromMs` to `toMs`. Sessions of which nothing is known in that time are left out. */
export async function digestOf(
  state: StateDatabase,
  home: string,
  folder: string,
  fromMs: number,
  toMs: number,
): Promise<Digest> {
  const sessions: SessionDigest[] = [];
  const demos: SessionRow[] = [];
  for (const session of await state.sessions()) {
    const digest = await sessionDigest(state, home, session, fromMs, toMs);
    if (digest !== null) sessions.push(digest);
    else if (session.isDemo === 1 && session.startedMs >= fromMs && session.startedMs < toMs)
      demos.push(session);
  }
  const { alerts, failures } = new AlertFiles(join(folder, ".kiwi", "alerts")).read();
  return {
    fromMs,
    toMs,
    sessions,
    demos,
    alerts: alerts.filter(({ lastMs }) => lastMs >= fromMs && lastMs < toMs),
    undelivered: failures.filter(({ atMs }) => atMs >= fromMs && atMs < toMs),
  };
}

async function sessionDigest(
  state: StateDatabase,
  home: string,
  session: SessionRow,
  fromMs: number,
  toMs: number,
): Promise<SessionDigest | null> {
  const { id } = session;
  const time = { fromMs, toMs };
  const within = await state.rowsWithin("equity", id, time);
  const fills = await state.rowsWithin("fills", id, time);
  const events = await state.rowsWithin("events", id, time);
  if (within.length + fills.length + events.length === 0) return null;
  const decisions = await state.rowsWithin("decisions", id, time);
  const before = (await state.equityBefore(id, fromMs)) ?? within[0]?.equity ?? null;
  return {
    session,
    equityStart: before,
    equityEnd: within.at(-1)?.equity ?? before,
    drawdown: within.length === 0 ? null : drawdownOf([before!, ...within.map((row) => row.equity)]),
    curve: curveOf(within, fromMs, toMs),
    fills,
    trades: await state.rowsWithin("trades", id, time),
    positions: await state.rowsOf("positions", id),
    events: onceEach(events),
    selections: decisions.filter(({ kind }) => kind === "selection"),
    refusals: refusalsOf(decisions),
    comparison: lastComparison(sessionPaths(home, id).comparison),
  };
}

function drawdownOf(equity: readonly number[]): number {
  let [high, fall] = [-Infinity, 0];
  for (const value of equity) {
    high = Math.max(high, value);
    fall = Math.max(fall, 1 - value / high);
  }
  return fall;
}

/** The rows of equal spans of the time, as one point each; spans without rows have none. */
function curveOf(
  rows: readonly { readonly timeMs: number; readonly equity: number }[],
  fromMs: number,
  toMs: number,
): readonly EquityPoint[] {
  const spanMs = (toMs - fromMs) / pieces;
  const groups = Map.groupBy(rows, ({ timeMs }) => Math.floor((timeMs - fromMs) / spanMs));
  return [...groups.values()].map((group) => ({
    timeMs: group.at(-1)!.timeMs,
    equity: group.at(-1)!.equity,
    low: Math.min(...group.map(({ equity }) => equity)),
  }));
}

function onceEach(events: readonly EventRow[]): SessionDigest["events"] {
  const last = new Map<string, SessionDigest["events"][number]>();
  for (const event of events) {
    const key = `${event.what} ${event.message}`;
    const times = (last.get(key)?.times ?? 0) + 1;
    last.delete(key);
    last.set(key, { ...event, times });
  }
  return [...last.values()];
}

function refusalsOf(decisions: readonly DecisionRow[]): SessionDigest["refusals"] {
  const refused = decisions.filter(({ kind }) => kind === "refused" || kind === "trimmed");
  const groups = Map.groupBy(refused, ({ kind, reason }) => `${kind} by ${reason}`);
  return [...groups]
    .map(([reason, { length: count }]) => ({ reason, count }))
    .toSorted((a, b) => b.count - a.count);
}

/** The last line that the session wrote beside its shadow. */
function lastComparison(path: string): ComparedDay | null {
  if (!existsSync(path)) return null;
  const line = readFileSync(path, "utf8").trimEnd().split("\n").at(-1)!;
  try {
    const compared = JSON.parse(line) as Partial<ComparedDay>;
    // A Kiwi before this one did not say where the difference went.
    return compared.today === undefined ? null : (compared as ComparedDay);
  } catch {
    // The day's line is being written at this moment.
    return null;
  }
}
