import type { Command } from "commander";
import { addCommon, type Act, type CommonFlags } from "./common-flags.ts";

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
}
