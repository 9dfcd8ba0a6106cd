// Installs the dependencies once, so that `npm start` and `npm test` are the only commands a new user needs, and puts the source
// together anew where it changed, so that they begin at once.
// Plain JavaScript: it runs under whatever Node the machine has, before the pinned one is there.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundlePlace } from "./bundle-place.js";
import { pinnedNode } from "./run-under.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
function install(command) {
  return spawnSync(
    process.platform === "win32" ? "npm.cmd" : "npm",
    [command, "--no-audit", "--no-fund", "--loglevel=error"],
    {
      cwd: root,
      // The processor's library is in the package; without this its install script fetches one for graphics cards.
      env: { ONNXRUNTIME_NODE_INSTALL: "skip", ...process.env },
      stdio: ["ignore", 2, 2],
      shell: process.platform === "win32",
    },
  ).status;
}

if (!existsSync(join(root, "node_modules", ".package-lock.json"))) {
  console.error("kiwi: first run, installing dependencies (about half a minute) ...");
  // A registry that lacks a package of some other platform fails `ci` and not `install`.
  const status = install("ci") === 0 ? 0 : install("install");
  if (status !== 0) {
    console.error("error INSTALL_FAILED  npm could not install the dependencies");
    console.error(`why   npm ended with status ${status}; what it said stands above`);
    console.error(`fix   npm install   (in ${root})`);
    process.exit(status ?? 1);
  }
}

if (!existsSync(bundlePlace(root))) {
  console.error("kiwi: putting the source together, once after every change of it ...");
  // What cannot be put together runs as it is, only slower.
  spawnSync(pinnedNode() ?? process.execPath, [join(root, "bin", "bundle.js")], { stdio: "ignore" });
}
