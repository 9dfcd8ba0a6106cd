import type { Command } from "commander";
import type { EmulatorFlags } from "../emulator/emulator.ts";
import { addRunFlags, readNumber } from "../flags/add-flags.ts";
import { emulatorFlags } from "../flags/emulator-flags.ts";
import { addCommon, addConfig, type Act } from "./common-flags.ts";

/** Adds `kiwi emulator`. */
export function declareEmulator(program: Command, act: Act): void {
  const number = (flag: string) => (text: string) => readNumber(flag, text);
  const command = program
    .command("emulator")
    .summary("a venue on this machine that real clients trade on")
    .description(
      "Serves recorded or made-up bars over a venue's own protocol, with faults on demand: for bots of any language, offline and without money.",
    )
    .argument("<venue>", "alpaca, bybit, ib, binance or metatrader")
    .optionsGroup("Emulator:")
    .option("--faults <plan>", "what goes wrong: seed=7,drop=0.02,... (kiwi help emulator)")
    .option("--port <number>", "where to listen on 127.0.0.1; 0 takes any free one", number("--port"))
    .option("--pace <kind>", "who moves the market: real, quiet or manual")
    .option("--speed <times>", "real time, so many times as fast", number("--speed"))
    .option("--quiet-ms <ms>", "how long nothing is asked before the next bar", number("--quiet-ms"))
    .option("--history <bars>", "bars that have closed when it begins", number("--history"))
    .option("--rate-scale <times>", "limits on requests, so many times the venue's", number("--rate-scale"))
    .option("--hedge", "long and short positions of one symbol apart (bybit, metatrader)")
    .option(
      "--books <file>",
      "where orders, positions and money are kept; in .kiwi/emulator/books by default",
    )
    .option("--fresh", "a new account, whatever is kept")
    .option("--folder <path>", "the terminal's MQL5/Files (metatrader)")
    .option("--server-time <zone>", "the clock of the broker's server (metatrader): America/New_York+7");
  addRunFlags(command, emulatorFlags);
  addConfig(
    addCommon(command, [
      "kiwi emulator bybit --data synthetic:timeframe=1m,bars=20000 --speed 60",
      "kiwi emulator alpaca --data AAPL-1m.csv --pace quiet --faults seed=7,drop=0.02",
    ]),
  ).action(
    act(async (shell, venue: string, flags: EmulatorFlags) =>
      (await import("../emulator/emulator.ts")).emulatorCommand(shell, venue, flags),
    ),
  );
}
