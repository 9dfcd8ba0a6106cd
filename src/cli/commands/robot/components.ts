import { examineProject } from "../../../app/components/examine.ts";
import { switchPart } from "../../../app/trading/switch-part.ts";
import { findSession, sessionPaths } from "../../../app/trading/session-folder.ts";
import { readStatus } from "../../../app/trading/session-status.ts";
import { isRunning } from "../../../app/trading/stop-session.ts";
import { tradingHome, whoAmI } from "../../../app/trading/trading-home.ts";
import { exitCodes } from "../../../base/errors.ts";
import type { CommonFlags, ConfigFlags } from "../../declare/common-flags.ts";
import { componentTree } from "../../output/component-tree.ts";
import { envelope } from "../../output/json.ts";
import type { Shell } from "../../shell.ts";

export type ComponentFlags = CommonFlags & ConfigFlags & { readonly session?: string };

/** `kiwi components`: every part and what it needs. Exit 3 when one has failed. */
export async function componentsCommand(shell: Shell, flags: ComponentFlags): Promise<number> {
  const { folder, env } = shell;
  const home = tradingHome(env);
  const note = flags.session === undefined ? null : findSession(home, flags.session);
  const components =
    note === null
      ? await examineProject({ folder, file: flags.config, env, sets: flags.set }, home)
      : (readStatus(sessionPaths(home, note.id).status)?.components ?? []);
  const runs = note === null ? null : isRunning(home, note);
  const isWell = components.every(({ condition }) => condition !== "failed");
  if (flags.json === true)
    shell.out(envelope("components@1", { session: note?.id ?? null, isRunning: runs, components }, isWell));
  else {
    if (note !== null)
      shell.out(`session ${note.id}   ${runs === true ? "running" : endText(components.length)}`);
    shell.out(componentTree(components, runs === true));
  }
  return isWell ? exitCodes.ok : exitCodes.config;
}

/** A session that was stopped has closed its parts; of one that was killed there is what it said last. */
function endText(parts: number): string {
  return parts === 0 ? "not running: its parts are closed" : "not running: as it was at its end";
}

/** `kiwi components enable|disable`: switches a part of a running session, and waits until it has. */
export async function componentSwitchCommand(
  shell: Shell,
  id: string,
  isOn: boolean,
  flags: ComponentFlags,
): Promise<number> {
  const home = tradingHome(shell.env);
  const note = findSession(home, flags.session);
  const report = await switchPart(home, note, { id, isOn, by: whoAmI(shell.env) });
  if (flags.json === true)
    shell.out(envelope("components-switch@1", { session: note.id, component: report }));
  else shell.out(`${id} is ${report.state}   (session ${note.id})`);
  return exitCodes.ok;
}
