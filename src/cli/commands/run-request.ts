import { resolve } from "node:path";
import { KiwiError } from "../../base/errors.ts";
import type { RunRequest } from "../../app/runs/run-request.ts";
import type { ConfigFlags } from "../declare/common-flags.ts";
import type { FlagValues } from "../flags/flag-layer.ts";
import type { RunFlag } from "../flags/run-flag.ts";
import type { Shell } from "../shell.ts";
import { configFileName } from "../../app/config/config-file.ts";
import type { LiveSettings } from "../../app/config/config-watch.ts";
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

/** How the same command line reads its configuration again while it runs. */
export function rereadOf(
  shell: Shell,
  known: readonly RunFlag[],
  flags: RequestFlags,
): Pick<LiveSettings, "path" | "read"> {
  return {
    path: resolve(shell.folder, flags.config ?? configFileName),
    read: () => configOf(shell, flags, known),
  };
}

function noStrategy(): KiwiError {
  return new KiwiError({
    code: "STRATEGY_NONE",
    exit: "usage",
    message: "no strategy was named",
    why: "neither the command line nor a configuration says what to run",
    fix: "the same command with a name behind it, for example sma-cross   (kiwi strategy list shows all)",
    topic: "strategies",
  });
}
