import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { medianMs } from "../median.ts";

// How long a person waits for `kiwi --help`, process start included, when the pinned Node is already running the launcher.
const launcher = join(import.meta.dirname, "../../bin/kiwi.js");
const ms = medianMs(() => spawnSync(process.execPath, [launcher, "--help"]), 15, 3);
console.log(JSON.stringify({ helpSeconds: ms / 1_000 }));
