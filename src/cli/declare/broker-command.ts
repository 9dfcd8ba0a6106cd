import type { Command } from "commander";
import type { BrokerCheckFlags } from "../commands/broker-check.ts";
import { addCommon, addConfig, type Act } from "./common-flags.ts";

/** Adds what looks at the broker: broker check. */
export function declareBroker(program: Command, act: Act): void {
  const broker = program
    .command("broker")
    .summary("look at the account before trading it")
    .description("The venue that takes orders: kiwi help brokers lists those that are known.");
  const check = broker
    .command("check")
    .summary("key, settings, clock, money, positions, open orders; sends no order")
    .description(
      "Logs in and shows what the key may do, how the account is set, how far the clocks differ, what is held and what would be refused. It sends no order. Exit 7 when trading would be refused.",
    )
    .argument("[symbol...]", "symbols whose rules are asked for, as the broker writes them")
    .option("--live", "look at the account with money; the one with play money by default");
  addConfig(
    addCommon(check, [
      "kiwi broker check --set broker.use=alpaca",
      "kiwi broker check BTCUSDT --set broker.use=bybit --live --json",
    ]),
  ).action(
    act(async (shell, symbols: readonly string[], flags: BrokerCheckFlags) =>
      (await import("../commands/broker-check.ts")).brokerCheckCommand(shell, symbols, flags),
    ),
  );
}
