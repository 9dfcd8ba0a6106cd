#!/usr/bin/env node
// Starts the CLI under the pinned Node, so that every machine runs the same engine: run identity depends on it.
// Plain JavaScript without dependencies: it must run under any Node from 20 on.
import { existsSync } from "node:fs";
import module from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { pinnedNode, runUnder } from "./run-under.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
// A clone runs from its source, an installed package from what was built of it.
const source = join(root, "src", "cli", "main.ts");
const isClone = existsSync(source);
const pinned = pinnedNode();
const isPinned = process.version === "v24.21.0";
const major = Number(process.version.slice(1).split(".")[0]);

if (!isPinned && pinned !== null) {
  process.exitCode = await runUnder(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)]);
} else if (major < 24) {
  console.error(`error NODE_TOO_OLD  Kiwi needs Node 24 and found ${process.version}`);
  console.error("why   the pinned Node is not installed (or none is published for this platform)");
  console.error(`fix   ${isClone ? `npm ci   (in ${root})` : "npm install"}, or install Node 24`);
  process.exit(3);
} else {
  // Before the first file in TypeScript: stripping its types anew would load a parser, a tenth of a second.
  if (isClone) module.enableCompileCache(join(root, "node_modules", ".cache", "kiwi"));
  await import(isClone ? await entryOfClone() : "../dist/cli/main.js");
}

/** The source, or what bin/bundle.js made of it as it is now. What runs for days loads parts of itself late: it keeps to the source. */
async function entryOfClone() {
  const plain = "../src/cli/main.ts";
  const longRunning = new Set(["emulator", "listen", "schedule", "soak", "start", "watch", "worker"]);
  if (process.env.KIWI_PLAIN || process.argv.some((word) => longRunning.has(word))) return plain;
  try {
    const { bundlePlace } = await import("./bundle-place.js");
    const bundled = join(bundlePlace(root), "cli--main.mjs");
    return existsSync(bundled) ? pathToFileURL(bundled).href : plain;
  } catch {
    return plain;
  }
}
