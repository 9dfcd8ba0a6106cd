import type { Command } from "commander";
import { addCommon, type Act, type CommonFlags } from "./common-flags.ts";

/** Adds what keeps secrets: secrets. */
export function declareSecretCommands(program: Command, act: Act): void {
  const secrets = program
    .command("secrets")
    .summary("keep keys and passwords in an encrypted vault")
    .description("Keys and passwords under a passphrase, in .kiwi/secrets.vault. Values are never shown.");
  const set = secrets
    .command("set")
    .summary("keep a secret; it is typed or piped in, never an argument")
    .argument("<name>", "what the configuration calls it");
  addCommon(set, ["kiwi secrets set bybit-key", "kiwi secrets set bybit-key < key.txt"]).action(
    act(async (shell, name: string, flags: CommonFlags) =>
      (await import("../commands/robot/secrets.ts")).secretsSetCommand(shell, name, flags),
    ),
  );
  const list = secrets.command("list").summary("names of what is kept");
  addCommon(list, ["kiwi secrets list", "kiwi secrets list --json"]).action(
    act(async (shell, flags: CommonFlags) =>
      (await import("../commands/robot/secrets.ts")).secretsListCommand(shell, flags),
    ),
  );
  const test = secrets
    .command("test")
    .summary("whether they open, without showing them")
    .argument("[name]", "one of them");
  addCommon(test, ["kiwi secrets test", "kiwi secrets test bybit-key"]).action(
    act(async (shell, name: string | undefined, flags: CommonFlags) =>
      (await import("../commands/robot/secrets.ts")).secretsTestCommand(shell, name, flags),
    ),
  );
  const remove = secrets.command("rm").summary("take one out").argument("<name>", "its name");
  addCommon(remove, ["kiwi secrets rm bybit-key", "kiwi secrets rm bybit-key --json"]).action(
    act(async (shell, name: string, flags: CommonFlags) =>
      (await import("../commands/robot/secrets.ts")).secretsRemoveCommand(shell, name, flags),
    ),
  );
  const scan = secrets
    .command("scan")
    .summary("whether secrets stand in the open in files that git has or would take")
    .argument("[folder]", "another folder than this one")
    .option("--history", "in every version that was ever committed, too");
  addCommon(scan, ["kiwi secrets scan", "kiwi secrets scan --history"]).action(
    act(async (shell, folder: string | undefined, flags: CommonFlags & { readonly history?: true }) =>
      (await import("../commands/robot/secrets.ts")).secretsScanCommand(shell, folder, flags),
    ),
  );
}
