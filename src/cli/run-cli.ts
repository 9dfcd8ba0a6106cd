import { CommanderError } from "commander";
import { exitCodes } from "../base/errors.ts";
import { withoutAlias } from "./aliases.ts";
import { interruptedExit, onSignals, takeInterrupt } from "./interrupt.ts";
import { printError } from "./output/print-error.ts";
import { buildProgram } from "./program.ts";
import type { Shell } from "./shell.ts";

/** Runs one command line to its end and returns the exit code. Nothing is thrown: every failure is printed. */
export async function runCli(shell: Shell): Promise<number> {
  const args = shell.args.length === 0 ? ["--help"] : withoutAlias(shell.args);
  let exitCode = 0;
  const program = buildProgram(
    shell,
    (code) => {
      exitCode = code;
    },
    args[0],
  );
  let signalExit = interruptedExit;
  const release = onSignals((code) => {
    signalExit = code;
    const handle = takeInterrupt();
    if (handle !== null) return handle(code);
    shell.err("interrupted: nothing was kept of this command");
    process.exit(code);
  });
  try {
    await program.parseAsync([...args], { from: "user" });
    // A command says that it was interrupted; by what, it need not know.
    return exitCode === interruptedExit ? signalExit : exitCode;
  } catch (error) {
    // Help and version end the parsing by an error of their own, after they have been printed.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
    return printError(shell, error, args);
  } finally {
    release();
  }
}
