import { jobs } from "../../app/jobs/job-table.ts";
import { readRun } from "../../adapters/stores/runs/read-runs.ts";
import { readDay } from "../../app/config/read-day.ts";
import { refuseStrangersCode } from "../../app/runs/refuse-strangers-code.ts";
import type { CommonFlags, ProgressFlags } from "../declare/common-flags.ts";
import type { SessionExplanation } from "../../app/explain/explain-session.ts";
import { sessionsNow } from "../../app/trading/sessions-now.ts";
import { allSessions } from "../../app/trading/session-folder.ts";
import { tradingHome } from "../../app/trading/trading-home.ts";
import { priceText } from "../../analysis/report/number-text.ts";
import { KiwiError } from "../../base/errors.ts";
import { formatTime } from "../../base/time.ts";
import { explanationText } from "../output/explanation-text.ts";
import { envelope } from "../output/json.ts";
import type { Shell } from "../shell.ts";
import { runsFolder } from "./runs-folder.ts";
import { withProgress } from "./with-progress.ts";

export type ExplainFlags = CommonFlags &
  ProgressFlags & {
    readonly at: string;
    readonly pairs?: readonly string[];
    readonly runs?: string;
    readonly trust?: true;
    readonly session?: string;
  };

/**
 * `kiwi explain`: everything that was decided on one bar of a stored run; without a run (or for `live` and `paper`) of the
 * sessions that run, or of the one that is named.
 */
export async function explainCommand(
  shell: Shell,
  name: string | undefined,
  flags: ExplainFlags,
): Promise<number> {
  // A session that runs, or a run that is new, is asked about what it did last.
  const timeMs = flags.at === "now" ? null : readDay(flags.at, "--at");
  // Who copies the name of a session from `kiwi status` need not know that it is no run.
  const isSession = (): boolean => allSessions(tradingHome(shell.env)).some(({ id }) => id === name);
  const session = flags.session ?? (name !== undefined && isSession() ? name : undefined);
  const isTrading = name === undefined || name === "live" || name === "paper";
  if (isTrading || session !== undefined) return explainSessions(shell, flags, session, timeMs);
  const { manifest, folder } = await readRun(await runsFolder(shell, flags.runs), name);
  refuseStrangersCode(manifest, {
    folder: shell.folder,
    runFolder: folder,
    isTrusted: flags.trust === true,
  });
  const question = { symbol: flags.pairs?.[0], timeMs };
  const { explanation, changes } = await withProgress(shell, flags, jobs.explain, { manifest, question });
  for (const change of changes) shell.err(`warning ${change}: this may not be what happened then`);
  if (flags.json === true)
    shell.out(envelope("explain@1", { runId: manifest.runId, changes, ...explanation }));
  else shell.out(explanationText(`run ${manifest.runId}`, explanation));
  return 0;
}

async function explainSessions(
  shell: Shell,
  flags: ExplainFlags,
  session: string | undefined,
  timeMs: number | null,
): Promise<number> {
  const home = tradingHome(shell.env);
  const question = { symbol: flags.pairs?.[0], timeMs };
  if (session === undefined && allSessions(home).length === 0) throw nothingToExplain(flags.at);
  const all = sessionsNow(home, session).map(({ note }) => note);
  // Of several sessions only those are asked that trade the symbol.
  const own = all.filter(({ symbols }) => question.symbol === undefined || symbols.includes(question.symbol));
  const explained: SessionExplanation[] = [];
  for (const { id } of own.length === 0 ? all : own)
    explained.push(await withProgress(shell, flags, jobs.explainSession, { home, session: id, question }));
  if (flags.json === true) shell.out(envelope("explain-sessions@1", { sessions: explained }));
  else shell.out(explained.map(sessionText).join("\n\n"));
  return 0;
}

function sessionText({ session, explanation, held, happened }: SessionExplanation): string {
  const lines = happened.map(({ timeMs, kind, quantity, price, text }) => {
    const sum = [
      quantity === null ? "" : ` ${priceText(quantity)}`,
      price === null ? "" : ` at ${priceText(price)}`,
    ];
    return `    ${formatTime(timeMs)} ${kind}${sum.join("")}${text === "" ? "" : `: ${text}`}`;
  });
  return [
    explanationText(`session ${session}, asked again on its bars with simulated fills`, explanation),
    "",
    `what the session did, by its journal${held === null ? "" : `: on this bar it held ${held === 0 ? "nothing" : priceText(held)}`}`,
    ...(lines.length === 0 ? ["    nothing until the next bar"] : lines),
  ].join("\n");
}

function nothingToExplain(at: string): KiwiError {
  return new KiwiError({
    code: "ARGUMENT_MISSING",
    exit: "usage",
    message: "explain needs <run>, for nothing has been traded here",
    why: "without a run it explains the sessions of paper or live trading",
    fix: `kiwi explain last --at ${at}   explains the last backtest; kiwi runs list shows all`,
    topic: "explain",
  });
}
