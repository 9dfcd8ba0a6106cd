import { formatTime } from "../../base/time.ts";
import { exitCodes } from "../../base/errors.ts";
import { replayStored } from "../../app/trading/replay-stored.ts";
import { findSession, sessionPaths } from "../../app/trading/session-folder.ts";
import { readStatus } from "../../app/trading/session-status.ts";
import { isRunning } from "../../app/trading/stop-session.ts";
import { tradingHome } from "../../app/trading/trading-home.ts";
import type { CommonFlags } from "../declare/common-flags.ts";
import { envelope } from "../output/json.ts";
import type { Shell } from "../shell.ts";

/** `kiwi replay`: the strategy lives through a recorded session again. Exit 5 when it decides anything else. */
export async function replayCommand(shell: Shell, session: string, flags: CommonFlags): Promise<number> {
  const home = tradingHome(shell.env);
  const note = findSession(home, session);
  const { steps, difference, decisionsHash, fills } = await replayStored(home, note);
  const told = readStatus(sessionPaths(home, note.id).status)?.robot.decisionsHash ?? null;
  // While a session runs, its journal is already further than its status.
  const isHashKnown = told !== null && !isRunning(home, note);
  const isSame = difference === null && (!isHashKnown || told === decisionsHash);
  if (flags.json === true)
    shell.out(
      envelope("replay@1", { session: note.id, steps, fills, difference, decisionsHash, told }, isSame),
    );
  else {
    shell.out(`session ${note.id}: ${steps} steps and ${fills} fills lived through again`);
    if (difference !== null)
      shell.out(
        `DIFFERENT at ${formatTime(difference.timeMs)}\n  then ${JSON.stringify(difference.recorded)}\n  now  ${JSON.stringify(difference.now)}`,
      );
    else shell.out("every order and every answer is the same");
    shell.out(
      `decisions sha256 ${decisionsHash}${isHashKnown ? (told === decisionsHash ? "  as recorded" : `  RECORDED ${told}`) : ""}`,
    );
  }
  return isSame ? exitCodes.ok : exitCodes.check;
}
