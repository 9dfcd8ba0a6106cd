import type { Command } from "commander";
import type { FeaturesComputeFlags } from "../commands/features.ts";
import { addRunFlags } from "../flags/add-flags.ts";
import { dataFlags } from "../flags/run-flags.ts";
import { addCommon, addConfig, type Act, type CommonFlags } from "./common-flags.ts";

/** Adds what shows the inputs of models: features. */
export function declareFeatureCommands(program: Command, act: Act): void {
  const features = program
    .command("features")
    .summary("list and show the inputs of models")
    .description("Feature sets: named, versioned inputs of models, one set for each type of model.");
  const list = features.command("list").summary("all feature sets");
  addCommon(list, ["kiwi features list", "kiwi features list --json"]).action(
    act(async (shell, flags: CommonFlags) =>
      (await import("../commands/features.ts")).featuresListCommand(shell, flags),
    ),
  );
  const show = features
    .command("show")
    .summary("meaning, range, warm-up and expression of every feature")
    .argument("<set>", "short, medium or long");
  addCommon(show, ["kiwi features show short", "kiwi features show long --json"]).action(
    act(async (shell, name: string, flags: CommonFlags) =>
      (await import("../commands/features.ts")).featuresShowCommand(shell, name, flags),
    ),
  );
  const compute = features
    .command("compute")
    .summary("compute a set over bars and keep it")
    .description(
      "Computes a feature set over bars and keeps it in a folder; of appended bars only their rows are computed.",
    )
    .argument("<set>", "short, medium or long")
    .option("--to-folder <path>", "where the features are kept; .kiwi/features by default");
  addRunFlags(compute, dataFlags);
  addConfig(
    addCommon(compute, [
      "kiwi features compute short --data BTCUSDT-1h.csv",
      "kiwi features compute medium -p BTCUSDT,ETHUSDT -t 1h",
    ]),
  ).action(
    act(async (shell, name: string, flags: FeaturesComputeFlags) =>
      (await import("../commands/features.ts")).featuresComputeCommand(shell, name, flags),
    ),
  );
}
