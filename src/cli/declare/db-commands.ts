import type { Command } from "commander";
import type { DbFlags } from "../commands/robot/db.ts";
import { addCommon, addConfig, type Act } from "./common-flags.ts";

/** Adds what keeps the record of all sessions: db. */
export function declareDbCommands(program: Command, act: Act): void {
  const db = program
    .command("db")
    .summary("sessions as tables of a database; their backup")
    .description(
      "Orders, fills, decisions, trades and equity of every session in SQLite or PostgreSQL, made from the journals; and a copy of the journals themselves.",
    );
  const update = db.command("update").summary("tell the tables what the journals say that they do not");
  addConfig(addCommon(update, ["kiwi db update", "kiwi db update --json"])).action(
    act(async (shell, flags: DbFlags) =>
      (await import("../commands/robot/db.ts")).dbUpdateCommand(shell, false, flags),
    ),
  );
  const rebuild = db.command("rebuild").summary("make all rows anew from the journals");
  addConfig(addCommon(rebuild, ["kiwi db rebuild", "kiwi db rebuild --json"])).action(
    act(async (shell, flags: DbFlags) =>
      (await import("../commands/robot/db.ts")).dbUpdateCommand(shell, true, flags),
    ),
  );
  const migrate = db.command("migrate").summary("bring tables of an older Kiwi up to this one");
  addConfig(addCommon(migrate, ["kiwi db migrate", "kiwi db migrate --json"])).action(
    act(async (shell, flags: DbFlags) =>
      (await import("../commands/robot/db.ts")).dbMigrateCommand(shell, flags),
    ),
  );
  const backup = db
    .command("backup")
    .summary("copy accounts and sessions into a new folder; they may run meanwhile")
    .argument("<folder>", "where to; it must not be there yet");
  addCommon(backup, ["kiwi db backup ../kiwi-2026-11-30", "kiwi db backup /mnt/kiwi --json"]).action(
    act(async (shell, folder: string, flags: DbFlags) =>
      (await import("../commands/robot/db.ts")).dbBackupCommand(shell, folder, flags),
    ),
  );
  const restore = db
    .command("restore")
    .summary("bring accounts and sessions of a backup back, and the tables")
    .argument("<folder>", "a folder that backup made");
  addConfig(
    addCommon(restore, ["kiwi db restore ../kiwi-2026-11-30", "kiwi db restore /mnt/kiwi --json"]),
  ).action(
    act(async (shell, folder: string, flags: DbFlags) =>
      (await import("../commands/robot/db.ts")).dbRestoreCommand(shell, folder, flags),
    ),
  );
}
