import { CommanderError } from "commander";
import { exitCodes } from "../base/errors.ts";
import { withoutAlias } from "./aliases.ts";
import { interruptedExit, takeInterrupt } from "./interrupt.ts";
import { printError } from "./output/print-error.ts";
import { buildProgram } from "./program.ts";
import type { Shell } from "./shell.ts";

/** Runs one command line to its end and returns the exit code. Nothing is thrown: every failure is printed. */
export async function runCli(shell: Shell): Promise<number> {
  const args = shell.args.length === 0 ? ["--help"] : withoutAlias(shell.args);
  let exitCode = 0;
  const program = buildProgram(shell, (code) => {
    exitCode = code;
  });
  const onInterrupt = (): void => {
    const handle = takeInterrupt();
    if (handle !== null) return handle();
    shell.err("interrupted: nothing was kept of this command");
    process.exit(interruptedExit);
  };
  process.on("SIGINT", onInterrupt);
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    // Help and version end the parsing by an error of their own, after they have been printed.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
    return printError(shell, error, args);
  } finally {
    process.removeListener("SIGINT", onInterrupt);
  }
}
