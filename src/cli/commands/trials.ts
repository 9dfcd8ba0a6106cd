import { resetTrials, trialsOf } from "../../app/runs/trials-of.ts";
import { KiwiError } from "../../base/errors.ts";
import { formatTime } from "../../base/time.ts";
import type { CommonFlags } from "../declare/common-flags.ts";
import { envelope } from "../output/json.ts";
import { table } from "../output/table.ts";
import type { Shell } from "../shell.ts";

export type TrialsFlags = CommonFlags & { readonly yes?: true };

/** `kiwi trials list`: how many different things were tried on which bars. */
export function trialsListCommand(shell: Shell, flags: TrialsFlags): Promise<number> {
  const { tried, resets } = trialsOf(shell.folder);
  if (flags.json === true) shell.out(envelope("trials@1", { tried, resets }));
  else if (tried.length === 0) shell.out("nothing was tried in this folder yet");
  else
    shell.out(
      table(
        [
          { title: "symbol" },
          { title: "bars" },
          { title: "from" },
          { title: "to" },
          { title: "trials", align: "right" },
        ],
        tried.map(({ symbol, timeframe, fromMs, toMs, trials }) => [
          symbol,
          timeframe,
          formatTime(fromMs),
          formatTime(toMs),
          String(trials),
        ]),
      ),
    );
  for (const { timeMs, lost } of flags.quiet === true ? [] : resets)
    shell.err(
      `warning the ledger was reset on ${formatTime(timeMs)}: ${lost ?? "an unknown number of"} trials are not counted`,
    );
  return Promise.resolve(0);
}

/** `kiwi trials reset`: begins the ledger anew. Every later report says so. */
export function trialsResetCommand(shell: Shell, flags: TrialsFlags): Promise<number> {
  if (flags.yes !== true) {
    throw new KiwiError({
      code: "RESET_UNCONFIRMED",
      exit: "usage",
      message: "the ledger of trials was not reset",
      why: "what was learnt from bars cannot be unlearnt: every later report will say that trials are missing",
      fix: "if you mean it: kiwi trials reset --yes",
      topic: "trials",
    });
  }
  resetTrials(shell.folder, Date.now());
  if (flags.json === true) shell.out(envelope("trials-reset@1", {}));
  else shell.out("the ledger begins anew; every later report says so");
  return Promise.resolve(0);
}
