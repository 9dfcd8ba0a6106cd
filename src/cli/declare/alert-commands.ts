import type { Command } from "commander";
import type { DigestFlags } from "../commands/robot/digest.ts";
import type { AlertFlags } from "../commands/robot/alerts.ts";
import { addCommon, addConfig, type Act } from "./common-flags.ts";

/** Adds what tells people: alerts. */
export function declareAlertCommands(program: Command, act: Act): void {
  const alerts = program
    .command("alerts")
    .summary("test, list and acknowledge alerts")
    .description("How a robot tells you what happens to it: mail, chats, webhooks, the desktop.");
  const test = alerts
    .command("test")
    .summary("send a message over every channel, or one")
    .argument("[channel]", "its name in the configuration");
  addConfig(addCommon(test, ["kiwi alerts test", "kiwi alerts test email --json"])).action(
    act(async (shell, channel: string | undefined, flags: AlertFlags) =>
      (await import("../commands/robot/alerts.ts")).alertsTestCommand(shell, channel, flags),
    ),
  );
  const list = alerts.command("list").summary("what was told and is not over");
  addCommon(list, ["kiwi alerts list", "kiwi alerts list --json"]).action(
    act(async (shell, flags: AlertFlags) =>
      (await import("../commands/robot/alerts.ts")).alertsListCommand(shell, flags),
    ),
  );
  const ack = alerts
    .command("ack")
    .summary("take an alert on: it is counted and not told again")
    .argument("<id>", "A1, A2 ...: kiwi alerts list");
  addCommon(ack, ["kiwi alerts ack A1", "kiwi alerts ack A1 --json"]).action(
    act(async (shell, id: string, flags: AlertFlags) =>
      (await import("../commands/robot/alerts.ts")).alertsAckCommand(shell, id, flags),
    ),
  );
  const listen = alerts
    .command("listen")
    .summary("answer commands from chats for all sessions, until Ctrl-C; a session does so by itself");
  addConfig(addCommon(listen, ["kiwi alerts listen", "kiwi alerts listen -c other.jsonc"])).action(
    act(async (shell, flags: AlertFlags) =>
      (await import("../commands/robot/alerts.ts")).alertsListenCommand(shell, flags),
    ),
  );
  const digest = program
    .command("digest")
    .summary("what all sessions did: profit, trades, positions, what went wrong")
    .description("The last hours of every session, as text, as a page, or over the channels of alerts.")
    .option("--hours <n>", "how far back", "24")
    .option("--send", "send it over the channels of alerts (alerts.digestTo)")
    .option("--to-file <path>", "write the page");
  addConfig(addCommon(digest, ["kiwi digest", "kiwi digest --send --hours 168"])).action(
    act(async (shell, flags: DigestFlags) =>
      (await import("../commands/robot/digest.ts")).digestCommand(shell, flags),
    ),
  );
}
