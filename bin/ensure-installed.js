// Installs the dependencies once, so that `npm start` and `npm test` are the only commands a new user needs.
// Plain JavaScript: it runs under whatever Node the machine has, before the pinned one is there.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
if (!existsSync(join(root, "node_modules", ".package-lock.json"))) {
  console.error("kiwi: first run, installing dependencies (about half a minute) ...");
  const command = existsSync(join(root, "package-lock.json")) ? "ci" : "install";
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const result = spawnSync(npm, [command, "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (result.status !== 0) {
    console.error("error INSTALL_FAILED  npm could not install the dependencies");
    console.error(`fix   run "npm ${command}" in ${root} and read what it says`);
    process.exit(result.status ?? 1);
  }
}
