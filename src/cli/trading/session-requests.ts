import { requestsOf, sessionsMeant, type SessionRequests } from "../../app/trading/session-requests.ts";
import { runRequestOf, type RequestFlags } from "../commands/run-request.ts";
import { configOf } from "../flags/config-of.ts";
import { invalidFlag } from "../flags/flag-errors.ts";
import { sessionFlags } from "../flags/session-flags.ts";
import type { Shell } from "../shell.ts";

/** The sessions that a command line starts: one that has its account for itself, or several that share it. */
export async function sessionRequestsOf(
  shell: Shell,
  strategies: readonly string[],
  flags: RequestFlags,
): Promise<SessionRequests> {
  const config = await configOf(shell, flags, sessionFlags);
  const sessions = sessionsMeant(config, strategies);
  if (sessions === null)
    return [
      {
        request: await runRequestOf(shell, sessionFlags, strategies[0], flags),
        part: null,
        own: (read) => read,
      },
    ];
  if (flags.param !== undefined)
    throw invalidFlag("--param", flags.param.join(" "), "params of each session in the configuration");
  return requestsOf({ folder: shell.folder, config, nowMs: Date.now() }, sessions);
}
