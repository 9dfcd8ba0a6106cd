#!/usr/bin/env node
// Starts the CLI under the pinned Node, so that every machine runs the same engine: run identity depends on it.
// Plain JavaScript without dependencies: it must run under any Node from 20 on.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runUnder } from "./run-under.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const platform = process.platform === "win32" ? "win" : process.platform;
const executable = process.platform === "win32" ? "bin/node.exe" : "bin/node";
const pinned = join(root, "node_modules", `node-${platform}-${process.arch}`, executable);
const isPinned = process.version === "v24.21.0";
const major = Number(process.version.slice(1).split(".")[0]);

if (!isPinned && existsSync(pinned)) {
  process.exitCode = await runUnder(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)]);
} else if (major < 24) {
  console.error(`error NODE_TOO_OLD  Kiwi needs Node 24 and found ${process.version}`);
  console.error("why   the pinned Node is not installed (or none is published for this platform)");
  console.error(`fix   npm ci   (in ${root}), or install Node 24`);
  process.exit(3);
} else {
  await import("../src/cli/main.ts");
}
