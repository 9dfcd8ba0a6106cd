import type { Command } from "commander";
import { didYouMean } from "../../base/nearest.ts";
import { strategies } from "../../app/plugins/registry.ts";
import { KiwiError } from "../../base/errors.ts";
import type { Shell } from "../shell.ts";

/** The words that may follow a command: its sub-commands, its flags, and for some the names of strategies. */
type Words = {
  readonly path: string;
  readonly commands: readonly string[];
  readonly flags: readonly string[];
};

const scripts: Readonly<Record<string, (words: readonly Words[]) => string>> = { bash, zsh, fish };

/** `kiwi completion`: a script that a shell reads to complete words. */
export async function completionCommand(shell: Shell, program: Command, name: string): Promise<number> {
  const script = Object.hasOwn(scripts, name) ? scripts[name] : undefined;
  if (script === undefined) {
    const known = Object.keys(scripts);
    throw new KiwiError({
      code: "SHELL_UNKNOWN",
      exit: "usage",
      message: `there is no completion for "${name}"`,
      why: `Kiwi knows ${known.join(", ")}`,
      fix: didYouMean(name, known, (near) => `kiwi completion ${near}`),
      topic: "commands",
    });
  }
  shell.out(script(wordsOf(program, "")));
  return 0;
}

function wordsOf(command: Command, path: string): readonly Words[] {
  const names = command.commands.map((one) => one.name());
  const takesStrategy = command.registeredArguments.some((argument) => argument.name() === "strategy");
  const flags = command.options.flatMap(({ long }) => (long == null ? [] : [long]));
  const own: Words = {
    path,
    commands: takesStrategy ? strategies.map((strategy) => strategy.name) : names,
    flags: [...flags, "--help"],
  };
  return [own, ...command.commands.flatMap((one) => wordsOf(one, `${path} ${one.name()}`.trim()))];
}

function bash(words: readonly Words[]): string {
  const cases = words.map(
    ({ path, commands, flags }) => `    "${path}") words="${[...commands, ...flags].join(" ")}" ;;`,
  );
  return `# bash completion for kiwi:  eval "$(kiwi completion bash)"
_kiwi() {
  local word="\${COMP_WORDS[COMP_CWORD]}" path="" each words=""
  for each in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$each" in -*) break ;; esac
    case " ${words.map(({ path }) => path.replaceAll(" ", "_")).join(" ")} " in
      *" \${path:+\${path// /_}_}$each "*) path="\${path:+$path }$each" ;;
    esac
  done
  case "$path" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  [[ \${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- "$word"))
}
complete -o filenames -F _kiwi kiwi`;
}

function zsh(words: readonly Words[]): string {
  return `# zsh completion for kiwi:  eval "$(kiwi completion zsh)"
autoload -U +X bashcompinit && bashcompinit
${bash(words)}`;
}

function fish(words: readonly Words[]): string {
  const lines = words.flatMap(({ path, commands, flags }) => {
    const seen = path.split(" ").filter((word) => word !== "");
    const condition =
      seen.length === 0
        ? "__fish_use_subcommand"
        : seen.map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ");
    return [
      ...commands.map((word) => `complete -c kiwi -n "${condition}" -a "${word}"`),
      ...flags.map((flag) => `complete -c kiwi -n "${condition}" -l ${flag.slice(2)}`),
    ];
  });
  return `# fish completion for kiwi:  kiwi completion fish > ~/.config/fish/completions/kiwi.fish\n${lines.join("\n")}`;
}
