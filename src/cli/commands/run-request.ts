import { KiwiError } from "../../base/errors.ts";
import type { RunRequest } from "../../app/runs/run-request.ts";
import type { ConfigFlags } from "../declare/common-flags.ts";
import type { FlagValues } from "../flags/flag-layer.ts";
import type { RunFlag } from "../flags/run-flag.ts";
import type { Shell } from "../shell.ts";
import { configOf } from "../flags/config-of.ts";
import { readParams, type ParamFlags } from "./read-params.ts";

/** What a command that runs a strategy takes. */
export type RequestFlags = ConfigFlags & ParamFlags & FlagValues & { readonly strategy?: string };

/** Puts together what is to be run from flags, environment, file and defaults. Throws `STRATEGY_NONE` and what those throw. */
export async function runRequestOf(
  shell: Shell,
  known: readonly RunFlag[],
  strategy: string | undefined,
  flags: RequestFlags,
): Promise<RunRequest> {
  const config = await configOf(shell, flags, known);
  const name = strategy ?? flags.strategy ?? config.strategy;
  if (name === undefined) throw noStrategy();
  return {
    folder: shell.folder,
    strategy: name,
    params: await readParams(shell.folder, flags),
    config,
    nowMs: Date.now(),
  };
}

function noStrategy(): KiwiError {
  return new KiwiError({
    code: "STRATEGY_NONE",
    exit: "usage",
    message: "no strategy was named",
    why: "neither the command line nor a configuration says what to run",
    fix: "name one: kiwi backtest sma-cross --data FILE   (kiwi strategy list shows all)",
    topic: "strategies",
  });
}
