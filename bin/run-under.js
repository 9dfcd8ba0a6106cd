// Runs a program under another Node and is, to the outside, that program: streams, signals and exit code are its own.
import { spawn } from "node:child_process";
import { constants } from "node:os";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Starts `executable` with `args`; a signal that reaches this process reaches that one. Resolves to its exit code. */
export function runUnder(executable, args) {
  // Over the channel the child notices when this process is gone, whatever ended it, and ends as well.
  const child = spawn(executable, args, { stdio: ["inherit", "inherit", "inherit", "ipc"] });
  const passOn = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, passOn);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      for (const name of signals) process.removeListener(name, passOn);
      resolve(code ?? 128 + (constants.signals[signal] ?? 1));
    });
  });
}
