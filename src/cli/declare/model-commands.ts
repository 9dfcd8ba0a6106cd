import type { Command } from "commander";
import type { ModelFlags } from "../commands/model.ts";
import type { ModelExplainFlags } from "../commands/training/model-explain.ts";
import type { ModelExportFlags } from "../commands/training/model-export.ts";
import type { TrainFlags } from "../commands/train.ts";
import type { TrainAllFlags } from "../commands/training/train-all.ts";
import type { TrainPredictorFlags } from "../commands/training/train-predictor.ts";
import { predictorFamilies, type PredictorFamily } from "../../domain/predictor-artifact.ts";
import { addRunFlags, readNumber } from "../flags/add-flags.ts";
import type { ModelEvaluateFlags } from "../commands/models/model-evaluate.ts";
import type { ModelAskFlags } from "../commands/models/model-drift.ts";
import { askFlags, evaluateFlags, trainFlags } from "../flags/train-flags.ts";
import { addCommon, addConfig, addProgress, addQueue, type Act } from "./common-flags.ts";

/** Adds what trains models and keeps them: train, model. */
export function declareModelCommands(program: Command, act: Act): void {
  declareTrain(program, act);
  declareModel(program, act);
}

function declareTrain(program: Command, act: Act): void {
  const train = program
    .command("train")
    .summary("train models on bars of the past")
    .description(
      "Trains models, keeps every version, and puts one to use when it is at least as good as the last.",
    );
  const regime = train
    .command("regime")
    .summary("a model of the market's regimes, one for each symbol")
    .description(
      "Trains a hidden Markov model on the bars of each symbol. It learns nothing after --to; a backtest that uses it must begin after its training ends.",
    )
    .option("--name <name>", "name of the model; regime-SYMBOL-TIMEFRAME by default");
  addRunFlags(regime, trainFlags);
  addRegimeFlags(regime, "threads; as many as the machine has by default");
  addIfDue(regime);
  addQueue(regime);
  const regimeExamples = [
    "kiwi train regime --data SPY-1d.csv",
    "kiwi train regime -p BTCUSDT -t 1h --states 2-5 --to 2023-01-01",
  ] as const;
  addProgress(addConfig(addCommon(regime, regimeExamples))).action(
    act(async (shell, flags: TrainFlags) =>
      (await import("../commands/train.ts")).trainCommand(shell, flags),
    ),
  );
  declareTrainAll(train, act);
  declarePredictors(train, act);
}

function declareTrainAll(train: Command, act: Act): void {
  const all = train
    .command("all")
    .summary("every kind of model, for every symbol of the data")
    .description(
      "Trains all models of direction and the model of the regimes for every symbol, several at a time, and shows them in one table. A model that fails is said, and stops no other.",
    );
  addRunFlags(all, trainFlags);
  addPredictorFlags(all);
  addRegimeFlags(all, "models trained at the same time; as many as the machine has processors by default");
  addIfDue(all);
  addQueue(all);
  const examples = [
    "kiwi train all --data EURUSD-1h.csv.gz --size small --to 2016-01-01",
    "kiwi train all --data prices/ --if-due 30d --json",
  ] as const;
  addProgress(addConfig(addCommon(all, examples))).action(
    act(async (shell, flags: TrainAllFlags) =>
      (await import("../commands/training/train-all.ts")).trainAllCommand(shell, flags),
    ),
  );
}

function addRegimeFlags(command: Command, jobs: string): void {
  const number = (flag: string) => (text: string) => readNumber(flag, text);
  command
    .optionsGroup("Training:")
    .option("--states <count>", "number of states: 3, or 2-5 to let BIC choose; 3 by default")
    .option(
      "--block <bars>",
      "bars that one look of the model sums up: by default a day of bars, or 5 from daily ones up",
      number("--block"),
    )
    .option("--restarts <count>", "attempts from different starts, 8 by default", number("--restarts"))
    .option("--jobs <count>", jobs, number("--jobs"));
}

function addIfDue(command: Command): void {
  command.option(
    "--if-due <span>",
    "only where the newest version has not seen so much of the bars, e.g. 30d",
  );
}

const familySummaries: Readonly<Record<PredictorFamily, string>> = {
  "short-term": "a network for the next few bars: convolutions, a two-way LSTM, attention",
  "medium-term": "a network for the next day or so: variable selection, an LSTM, attention",
  "long-term": "a network for the next weeks: trend and season blocks, a transformer",
  forest: "a random forest",
  boosted: "gradient-boosted trees",
  logistic: "a logistic regression: the baseline that every other model must beat",
};

/** Adds one command for each family of models of direction. */
function declarePredictors(train: Command, act: Act): void {
  for (const family of predictorFamilies) {
    const command = train
      .command(family)
      .summary(familySummaries[family])
      .description(
        "Trains a model that tells whether the next bars go up or down, with a probability that is recalibrated on bars of its own, judges it by walking forward, and keeps it. It learns nothing after --to; a backtest that reads it must begin after its training ends.",
      );
    addRunFlags(command, trainFlags);
    command
      .optionsGroup("Training:")
      .option("--name <name>", "name of the model; FAMILY-SYMBOL-TIMEFRAME by default")
      .option(
        "--jobs <count>",
        "threads of trees and of a search, as many as the machine has by default, to the same bytes on any number; of a network 1 by default, other numbers may give other last digits",
        (text) => readNumber("--jobs", text),
      );
    addPredictorFlags(command);
    if (family !== "logistic") addSearch(command);
    addIfDue(command);
    addProgress(
      addConfig(
        addCommon(command, [
          `kiwi train ${family} --data EURUSD-1h.csv.gz --to 2016-01-01`,
          `kiwi train ${family} -p BTCUSDT -t 1h --horizon 12 --label triple-barrier`,
        ]),
      ),
    ).action(
      act(async (shell, flags: TrainPredictorFlags) =>
        (await import("../commands/training/train-predictor.ts")).trainPredictorCommand(shell, family, flags),
      ),
    );
  }
}

function addPredictorFlags(command: Command): void {
  const number = (flag: string) => (text: string) => readNumber(flag, text);
  command
    .optionsGroup("Training:")
    .option(
      "--size <size>",
      "of a network: small, which a laptop trains in minutes, or full; small by default",
    )
    .option("--horizon <bars>", "bars looked ahead; left to the family by default", number("--horizon"))
    .option("--label <kind>", "what an outcome is: direction, or triple-barrier; direction by default")
    .option(
      "--move <deviations>",
      "least move that counts, in usual moves over the horizon: 0 by default; of triple barriers, where they are: 1",
      number("--move"),
    )
    .option("--calibration <kind>", "beta, or steps (isotonic); beta by default")
    .option("--folds <count>", "turns of the walk forward that judges it; 4 by default", number("--folds"));
}

/** Adds the flags of a search over the settings of a model. */
function addSearch(command: Command): void {
  command
    .option(
      "--search <trials>",
      "first try so many settings, on bars before those that the model is judged on, and train with the best",
      (text) => readNumber("--search", text),
    )
    .option("--method <name>", "how settings are tried: tpe, random or halving; tpe by default")
    .option("--trial-seconds <count>", "a trial that takes longer is given up", (text) =>
      readNumber("--trial-seconds", text),
    );
  addQueue(command);
}

function declareExplain(model: Command, act: Act): void {
  const command = model
    .command("explain")
    .summary("what each feature adds to an answer, or which features a model needs")
    .description(
      "With --at, what each feature adds to a model's answer about one bar: exact SHAP values of trees, parts of the sum of a linear model; of a network, which features were let in, which rows were looked at, how trend and season go on. Without it, how much worse the model does on bars after its training when one feature is shuffled.",
    )
    .argument("<model>", "a name, or NAME@VERSION")
    .option("--at <time>", "the bar to explain, by a moment in it or its close");
  addRunFlags(command, trainFlags);
  addProgress(
    addConfig(
      addCommon(command, [
        "kiwi model explain boosted-EURUSD-1h --at 2016-01-08T12:00 --data EURUSD-1h.csv.gz",
        "kiwi model explain boosted-EURUSD-1h --data EURUSD-1h.csv.gz",
      ]),
    ),
  ).action(
    act(async (shell, name: string, flags: ModelExplainFlags) =>
      (await import("../commands/training/model-explain.ts")).modelExplainCommand(shell, name, flags),
    ),
  );
}

function declareTrainings(model: Command, act: Act): void {
  const trainings = model
    .command("trainings")
    .summary("every training that was begun here, or the story of one")
    .argument("[id]", "of a training: its settings, scores and loss by epoch");
  addCommon(trainings, [
    "kiwi model trainings",
    "kiwi model trainings 20260301-140000-short-term-EURUSD-1h --json",
  ]).action(
    act(async (shell, id: string | undefined, flags: ModelFlags) =>
      (await import("../commands/training/model-trainings.ts")).modelTrainingsCommand(shell, id, flags),
    ),
  );
}

function declareModel(program: Command, act: Act): void {
  const model = program
    .command("model")
    .summary("list, show, judge, compare, explain, promote, roll back and export trained models")
    .description("The models that were trained: every version is kept, one of them is in use.");
  const list = model
    .command("list")
    .summary("all models, or all versions of one")
    .argument("[name]", "name of a model");
  addCommon(list, ["kiwi model list", "kiwi model list regime-SPY-1d --json"]).action(
    act(async (shell, name: string | undefined, flags: ModelFlags) =>
      (await import("../commands/model.ts")).modelListCommand(shell, name, flags),
    ),
  );
  const show = model
    .command("show")
    .summary("what a model learned, from what, and how it was judged")
    .argument("<model>", "a name, or NAME@VERSION");
  addCommon(show, ["kiwi model show regime-SPY-1d", "kiwi model show regime-SPY-1d@2 --json"]).action(
    act(async (shell, name: string, flags: ModelFlags) =>
      (await import("../commands/model.ts")).modelShowCommand(shell, name, flags),
    ),
  );
  const promote = model
    .command("promote")
    .summary("put a version to use")
    .argument("<name>", "name of a model")
    .argument("<version>", "number of the version");
  addCommon(promote, [
    "kiwi model promote regime-SPY-1d 2",
    "kiwi model promote regime-SPY-1d 2 --json",
  ]).action(
    act(async (shell, name: string, version: string, flags: ModelFlags) =>
      (await import("../commands/model.ts")).modelPromoteCommand(shell, name, version, flags),
    ),
  );
  declareEvaluate(model, act);
  declareAsking(model, act);
  const exportCommand = model
    .command("export")
    .summary("write a model of direction as an .onnx file")
    .argument("<model>", "a name, or NAME@VERSION")
    .option("--file <path>", "where to; NAME.onnx by default");
  addCommon(exportCommand, [
    "kiwi model export boosted-EURUSD-1h",
    "kiwi model export short-term-EURUSD-1h@2 --file net.onnx",
  ]).action(
    act(async (shell, name: string, flags: ModelExportFlags) =>
      (await import("../commands/training/model-export.ts")).modelExportCommand(shell, name, flags),
    ),
  );
  declareExplain(model, act);
  declareTrainings(model, act);
  const rollback = model
    .command("rollback")
    .summary("go back to the version that was in use before")
    .argument("<name>", "name of a model");
  addCommon(rollback, [
    "kiwi model rollback regime-SPY-1d",
    "kiwi model rollback regime-SPY-1d --json",
  ]).action(
    act(async (shell, name: string, flags: ModelFlags) =>
      (await import("../commands/model.ts")).modelRollbackCommand(shell, name, flags),
    ),
  );
}

function declareEvaluate(model: Command, act: Act): void {
  const evaluate = model
    .command("evaluate")
    .summary("what the calls of a model are worth on bars that it has not seen")
    .description(
      "Judges a model of direction on the bars after its training, or with --folds models made like it that walk forward: accuracy, probabilities, calibration, and what trading its calls brings after costs.",
    )
    .argument("<model>", "a name, or NAME@VERSION");
  addRunFlags(evaluate, evaluateFlags);
  evaluate
    .optionsGroup("Judging:")
    .option("--folds <count>", "walk forward in so many turns, each with a model made anew", (text) =>
      readNumber("--folds", text),
    )
    .option("--jobs <count>", "threads of a network, 1 by default", (text) => readNumber("--jobs", text))
    .option("--format <format>", "text, json, or html, which writes a page; text by default")
    .option("--file <path>", "where the page is written; NAME-evaluation.html by default");
  addProgress(
    addConfig(
      addCommon(evaluate, [
        "kiwi model evaluate boosted-EURUSD-1h --data EURUSD-1h.csv.gz",
        "kiwi model evaluate boosted-EURUSD-1h --data EURUSD-1h.csv.gz --folds 4 --account margin --fee 0.00002 --format html",
      ]),
    ),
  ).action(
    act(async (shell, name: string, flags: ModelEvaluateFlags) =>
      (await import("../commands/models/model-evaluate.ts")).modelEvaluateCommand(shell, name, flags),
    ),
  );
}

function declareAsking(model: Command, act: Act): void {
  const drift = model
    .command("drift")
    .summary("whether a model has been left behind by its market")
    .description(
      "Holds the newest bars that a model has not seen against those it learned from: features, what it says, and whether outcomes contradict it. Exits with 5 where it has drifted.",
    )
    .argument("<model>", "a name, or NAME@VERSION");
  addRunFlags(drift, askFlags);
  drift
    .optionsGroup("Judging:")
    .option("--rows <count>", "newest bars that are looked at, 1000 by default", (text) =>
      readNumber("--rows", text),
    );
  addProgress(
    addConfig(
      addCommon(drift, [
        "kiwi model drift boosted-EURUSD-1h --data EURUSD-1h.csv.gz",
        "kiwi model drift boosted-EURUSD-1h --data EURUSD-1h.csv.gz --rows 500 --json",
      ]),
    ),
  ).action(
    act(async (shell, name: string, flags: ModelAskFlags) =>
      (await import("../commands/models/model-drift.ts")).modelDriftCommand(shell, name, flags),
    ),
  );
  const compare = model
    .command("compare")
    .summary("the version in use against another, on bars that neither has seen")
    .description(
      "Asks two models about the same bars, those after the training of both, and says which of them loses less. Without a second model it is the newest other version of the first.",
    )
    .argument("<model>", "a name, or NAME@VERSION")
    .argument("[other]", "what it is held against");
  addRunFlags(compare, askFlags);
  addProgress(
    addConfig(
      addCommon(compare, [
        "kiwi model compare boosted-EURUSD-1h --data EURUSD-1h.csv.gz",
        "kiwi model compare boosted-EURUSD-1h forest-EURUSD-1h@2 --data EURUSD-1h.csv.gz",
      ]),
    ),
  ).action(
    act(async (shell, name: string, other: string | undefined, flags: ModelAskFlags) =>
      (await import("../commands/models/model-drift.ts")).modelCompareCommand(shell, name, other, flags),
    ),
  );
}
