// Runs a program under another Node and is, to the outside, that program: streams, signals and exit code are its own.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Node itself gives up like that; almost always for want of memory, with an account of it above. */
const aborted = [
  "error OUT_OF_MEMORY  Node gave up, most likely because more memory was needed than it may use",
  "why   what stands above is its own account; the data, or what the strategy keeps, are too large",
  "fix   take fewer symbols or a shorter range, or run NODE_OPTIONS=--max-old-space-size=8192 kiwi ...",
].join("\n");

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
      if (signal === "SIGABRT") console.error(aborted);
      resolve(code ?? 128 + (constants.signals[signal] ?? 1));
    });
  });
}

/** Where npm put the pinned Node: beside Kiwi's own packages, or beside Kiwi; null where there is none. */
export function pinnedNode() {
  const platform = process.platform === "win32" ? "win" : process.platform;
  const executable = process.platform === "win32" ? "bin/node.exe" : "bin/node";
  try {
    const name = `node-${platform}-${process.arch}/package.json`;
    const path = join(dirname(createRequire(import.meta.url).resolve(name)), executable);
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}
