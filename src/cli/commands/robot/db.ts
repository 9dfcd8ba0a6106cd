import { resolve } from "node:path";
import { resolveConfig } from "../../../app/config/resolve-config.ts";
import { backUp, restoreBackup } from "../../../app/state/backup.ts";
import { migrateOwnState, updateOwnState, type StateOwner } from "../../../app/state/open-own-state.ts";
import type { Updated } from "../../../app/state/update-state.ts";
import { tradingHome } from "../../../app/trading/trading-home.ts";
import { exitCodes } from "../../../base/errors.ts";
import type { CommonFlags, ConfigFlags } from "../../declare/common-flags.ts";
import { envelope } from "../../output/json.ts";
import type { Shell } from "../../shell.ts";

export type DbFlags = CommonFlags & ConfigFlags;

/** `kiwi db migrate`: brings the tables of an older Kiwi up to this one. */
export async function dbMigrateCommand(shell: Shell, flags: DbFlags): Promise<number> {
  const { database, changes } = await migrateOwnState(await ownerOf(shell, flags));
  if (flags.json === true) shell.out(envelope("db-migrate@1", { database, changes }));
  else shell.out(changes.length === 0 ? `${database} is up to date` : `${database}: ${changes.join(", ")}`);
  return exitCodes.ok;
}

/** `kiwi db update`, `kiwi db rebuild`: what the tables say. Exit 4 when a journal could not be read. */
export async function dbUpdateCommand(shell: Shell, isWhole: boolean, flags: DbFlags): Promise<number> {
  const { database, sessions } = await updateOwnState(
    await ownerOf(shell, flags),
    isWhole,
    ({ id }, done, all) => {
      if (flags.quiet !== true && flags.json !== true && all > 20 && done % 10 === 0)
        shell.err(`${done} of ${all} sessions, ${id}`);
    },
  );
  const isGood = sessions.every(({ outcome }) => outcome !== "failed");
  if (flags.json === true) shell.out(envelope("db-update@1", { database, sessions }, isGood));
  else shell.out(textOf(database, sessions));
  return isGood ? exitCodes.ok : exitCodes.data;
}

/** `kiwi db backup`: copies what belongs to accounts and sessions. */
export async function dbBackupCommand(shell: Shell, folder: string, flags: DbFlags): Promise<number> {
  const made = await backUp(tradingHome(shell.env), resolve(shell.folder, folder), Date.now());
  if (flags.json === true) shell.out(envelope("db-backup@1", made));
  else
    shell.out(
      `${count(made.sessions, "session")} in ${count(made.files, "file")} copied to ${made.folder}\n` +
        "secrets are not in it: neither the vault nor the key that resets the kill switch",
    );
  return exitCodes.ok;
}

/** `kiwi db restore`: brings a backup back and tells the tables. */
export async function dbRestoreCommand(shell: Shell, folder: string, flags: DbFlags): Promise<number> {
  const made = await restoreBackup(resolve(shell.folder, folder), tradingHome(shell.env));
  if (flags.json !== true)
    shell.out(`${count(made.sessions, "session")} in ${count(made.files, "file")} restored, checksums right`);
  return dbUpdateCommand(shell, false, flags);
}

function textOf(name: string, updated: readonly Updated[]): string {
  const told = updated.filter(({ outcome }) => outcome === "told");
  const lines = [`${name}: ${count(told.length, "session")} told anew of ${updated.length}`];
  for (const { id, outcome, why } of updated)
    if (outcome === "failed") lines.push(`${id}  NOT TOLD: ${why}`);
    else if (why !== null) lines.push(`${id}  orders, fills and events alone: ${why}`);
  return lines.join("\n");
}

async function ownerOf(shell: Shell, flags: DbFlags): Promise<StateOwner> {
  const { folder, env } = shell;
  const { config } = await resolveConfig({ folder, file: flags.config, env, sets: flags.set });
  return { home: tradingHome(env), config, places: { folder, env } };
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
