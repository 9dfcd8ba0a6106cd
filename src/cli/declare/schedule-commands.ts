import type { Command } from "commander";
import type { ScheduleFlags } from "../commands/robot/schedule.ts";
import { addCommon, addConfig, type Act } from "./common-flags.ts";

/** Adds what is done at its times: schedule. */
export function declareScheduleCommands(program: Command, act: Act): void {
  const schedule = program
    .command("schedule")
    .summary("do things at their times: downloads, retraining, digests, backups")
    .description("Command lines of Kiwi that are carried out again and again, each in a process of its own.");
  const list = schedule.command("list").summary("what is done when, and what became of it");
  addConfig(addCommon(list, ["kiwi schedule list", "kiwi schedule list --json"])).action(
    act(async (shell, flags: ScheduleFlags) =>
      (await import("../commands/robot/schedule.ts")).scheduleListCommand(shell, flags),
    ),
  );
  const run = schedule.command("run").summary("do one of them now").argument("<task>", "its name");
  addConfig(addCommon(run, ["kiwi schedule run digest", "kiwi schedule run digest --json"])).action(
    act(async (shell, name: string, flags: ScheduleFlags) =>
      (await import("../commands/robot/schedule.ts")).scheduleRunCommand(shell, name, flags),
    ),
  );
  const start = schedule.command("start").summary("do all of them at their times until Ctrl-C");
  addConfig(addCommon(start, ["kiwi schedule start", "kiwi schedule start --config other.jsonc"])).action(
    act(async (shell, flags: ScheduleFlags) =>
      (await import("../commands/robot/schedule.ts")).scheduleStartCommand(shell, flags),
    ),
  );
}
