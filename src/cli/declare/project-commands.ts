import type { DoctorFlags } from "../commands/doctor.ts";
import { Option, type Command } from "commander";
import type { DemoFlags } from "../commands/demo.ts";
import type { ComponentFlags } from "../commands/robot/components.ts";
import type { ConfigCommandFlags } from "../commands/config.ts";
import type { InitFlags } from "../commands/init.ts";
import { addCommon, addConfig, addProgress, type Act, type CommonFlags } from "./common-flags.ts";

/** Adds what one begins with: demo, init. */
export function declareFirstCommands(program: Command, act: Act): void {
  declareDemo(program, act);
  declareInit(program, act);
}

/** Adds what keeps things in order: config, doctor, help, completion, version. */
export function declareUpkeepCommands(program: Command, act: Act): void {
  declareConfig(program, act);
  const doctor = program
    .command("doctor")
    .summary("is everything here that Kiwi needs?")
    .description(
      "Looks at Node, the disk, the clock, the configuration and the data, opens what the configuration names, and says what is wrong.",
    )
    .option(
      "--production",
      "and whether a robot may be left alone: alerts, limits, backups, keys, a record on paper",
    );
  addConfig(addCommon(doctor, ["kiwi doctor", "kiwi doctor --production"])).action(
    act(async (shell, flags: DoctorFlags) =>
      (await import("../commands/doctor.ts")).doctorCommand(shell, flags),
    ),
  );
  declareComponents(program, act);
  const help = program
    .command("help")
    .summary("explain a command or a topic")
    .description("Explains a topic; without one, lists them all.")
    .argument("[topic...]", "a topic, or the words of a command");
  addCommon(help, ["kiwi help costs", "kiwi help backtest"]).action(
    act(async (shell, words: readonly string[], flags: CommonFlags) =>
      (await import("../commands/help.ts")).helpCommand(shell, program, words, flags),
    ),
  );
  const completion = program
    .command("completion")
    .summary("a script that completes words in your shell")
    .description("Prints a completion script for a shell.")
    .argument("<shell>", "bash, zsh or fish");
  addCommon(completion, [
    'eval "$(kiwi completion bash)"',
    "kiwi completion fish > ~/.config/fish/completions/kiwi.fish",
  ]).action(
    act(async (shell, name: string) =>
      (await import("../commands/completion.ts")).completionCommand(shell, program, name),
    ),
  );
  const version = program
    .command("version")
    .summary("version of Kiwi and of what it runs on")
    .description("Prints the version.");
  addCommon(version, ["kiwi version", "kiwi version --json"]).action(
    act(async (shell, flags: CommonFlags) =>
      (await import("../commands/version.ts")).versionCommand(shell, flags),
    ),
  );
}

function declareDemo(program: Command, act: Act): void {
  const demo = program
    .command("demo")
    .summary("see everything once, offline, in under a minute")
    .description("Runs the whole of Kiwi on a made-up market: no account, no key, no network.")
    .option("--out <folder>", "where to write", "out/demo")
    .option("--seed <number>", "seed of the market", "42")
    .option("--open", "open the report when it is done");
  addProgress(addCommon(demo, ["kiwi demo", "kiwi demo --open"])).action(
    act(async (shell, flags: DemoFlags) => (await import("../commands/demo.ts")).demoCommand(shell, flags)),
  );
}

function declareInit(program: Command, act: Act): void {
  const init = program
    .command("init")
    .summary("begin a project: configuration, strategy, first run")
    .description("Writes a configuration and a strategy into a folder and runs them once.")
    .argument("[folder]", "a new or empty folder", ".")
    .addOption(new Option("--template <name>", "what to begin with: sma, multi or blank"))
    .option("--yes", "ask nothing");
  addProgress(addCommon(init, ["kiwi init my-bot", "kiwi init my-bot --template multi --yes"])).action(
    act(async (shell, folder: string, flags: InitFlags) =>
      (await import("../commands/init.ts")).initCommand(shell, folder, flags),
    ),
  );
}

function declareConfig(program: Command, act: Act): void {
  const config = program
    .command("config")
    .summary("show, check and describe the configuration")
    .description("The configuration: kiwi.config.jsonc, the environment, and the defaults.");
  const show = config
    .command("show")
    .summary("every value that holds now")
    .option("--origin", "and where each comes from");
  addConfig(addCommon(show, ["kiwi config show", "kiwi config show --origin"])).action(
    act(async (shell, flags: ConfigCommandFlags) =>
      (await import("../commands/config.ts")).configShowCommand(shell, flags),
    ),
  );
  const check = config.command("check").summary("is the configuration right?");
  addConfig(addCommon(check, ["kiwi config check", "kiwi config check -c other.jsonc"])).action(
    act(async (shell, flags: ConfigCommandFlags) =>
      (await import("../commands/config.ts")).configCheckCommand(shell, flags),
    ),
  );
  const schema = config.command("schema").summary("every key, as JSON Schema");
  addCommon(schema, ["kiwi config schema", "kiwi config schema > kiwi.schema.json"]).action(
    act(async (shell, flags: CommonFlags) =>
      (await import("../commands/config.ts")).configSchemaCommand(shell, flags),
    ),
  );
}

function declareComponents(program: Command, act: Act): void {
  const components = program
    .command("components")
    .summary("every part of a project or of a running session, by what it needs")
    .description(
      "Opens what the configuration names and shows it as a tree: sources, broker, stores, models, channels, rules, tasks. With --session the parts of a session as they are now. Exit 3 when one has failed.",
    )
    .option("--session <id>", "the parts of this session, or of the last one");
  addConfig(addCommon(components, ["kiwi components", "kiwi components --session last --json"])).action(
    act(async (shell, flags: ComponentFlags) =>
      (await import("../commands/robot/components.ts")).componentsCommand(shell, flags),
    ),
  );
  for (const [word, isOn] of [
    ["enable", true],
    ["disable", false],
  ] as const) {
    const command = components
      .command(word)
      .summary(`switch a part of a running session ${isOn ? "on" : "off"}`)
      .argument("<part...>", "its name, as kiwi components --session last shows it")
      .option("--session <id>", "which session; the newest without it");
    addCommon(command, [
      `kiwi components ${word} channel mail`,
      `kiwi components ${word} shadow --session 3lvzj494`,
    ]).action(
      act(async (shell, words: readonly string[], flags: ComponentFlags) =>
        (await import("../commands/robot/components.ts")).componentSwitchCommand(
          shell,
          words.join(" "),
          isOn,
          flags,
        ),
      ),
    );
  }
}
