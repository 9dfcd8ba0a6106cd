import { resolve } from "node:path";
import { exitCodes } from "../../base/errors.ts";
import { soakDemo, type SoakReport } from "../../app/trading/demo/soak-demo.ts";
import type { CommonFlags, ProgressFlags } from "../declare/common-flags.ts";
import { ProgressBoard } from "../../jobs/progress-board.ts";
import { sessionFlags } from "../flags/session-flags.ts";
import { readNumber } from "../flags/add-flags.ts";
import { invalidFlag } from "../flags/flag-errors.ts";
import { rereadOf } from "../commands/run-request.ts";
import { interruptible } from "../interrupt.ts";
import { envelope } from "../output/json.ts";
import { stageProgress } from "../output/stage-progress.ts";
import type { Shell } from "../shell.ts";

export type SoakFlags = CommonFlags &
  ProgressFlags & {
    readonly hours: string;
    readonly seed: string;
    readonly faults?: string;
    readonly out: string;
  };

/** `kiwi soak`: hours of the demo, measured. Ctrl-C ends it early and reports what there is. Exit 5 when it did not hold. */
export async function soakCommand(shell: Shell, flags: SoakFlags): Promise<number> {
  const hours = readNumber("--hours", flags.hours);
  if (!(hours > 0 && hours <= 10_000))
    throw invalidFlag("--hours", flags.hours, "hours above 0, up to 10000");
  const progress = stageProgress(shell, flags);
  progress.line(`PAPER: play money, SYNTHETIC MARKET   ${flags.hours} h   Ctrl-C ends it early and reports`);
  const reread = rereadOf(shell, sessionFlags, flags);
  const settings = { ...reread, config: await reread.read() };
  const board = new ProgressBoard();
  const ending = new AbortController();
  let report: SoakReport;
  try {
    report = await interruptible(
      () => ending.abort(),
      () =>
        soakDemo({
          home: resolve(shell.folder, flags.out, "home"),
          folder: resolve(shell.folder, flags.out),
          env: shell.env,
          signal: ending.signal,
          seed: readNumber("--seed", flags.seed),
          faults: flags.faults ?? "",
          hours,
          settings,
          onLook({ done, total, heldMb, fills }) {
            board.report(done, total);
            progress.look(`${heldMb.toFixed(0)} MB, ${fills} fills`, board);
          },
        }),
    );
  } finally {
    progress.end();
  }
  const held = report.broken.length === 0;
  if (flags.json === true) shell.out(envelope("soak@1", { ...report }, held));
  else shell.out(reportText(report));
  return held ? exitCodes.ok : exitCodes.check;
}

function reportText(report: SoakReport): string {
  const { session, hours, marketDays, heldMb, growthMbPerDay, fills, backtestFills } = report;
  const [early, late] = heldMb;
  return [
    `session ${session}: ${hours} h, ${marketDays.toFixed(2)} days of the market`,
    `memory   ${early.toFixed(1)} MB early, ${late.toFixed(1)} MB at the end; ${growthMbPerDay === null ? "too short to tell growth" : `${growthMbPerDay.toFixed(2)} MB with a day of the market`}`,
    `rejections that nobody handled   ${report.rejections.length}`,
    `fills   ${fills}; ${backtestFills} in the backtest of the same bars`,
    `decisions sha256 ${report.decisionsHash}`,
    `decided  ${report.decided.decisions} times, sha256 ${report.decided.hash.slice(0, 16)}; the backtest of the same bars ${report.decided.backtestHash.slice(0, 16)}`,
    ...report.broken.map((what) => `NOT HELD: ${what}`),
    ...(report.broken.length === 0 ? ["held"] : []),
  ].join("\n");
}
