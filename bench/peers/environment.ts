import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../../src/base/hash.ts";

const candidates = ["python3", "python", "python3.13", "python3.12", "python3.11"];
const oldest = 11;

/** The first Python 3 on the path that the peers run on; null when there is none. */
export function findPython(): string | null {
  const asks = "import sys; print(sys.version_info[0], sys.version_info[1])";
  for (const name of candidates) {
    const { status, stdout } = spawnSync(name, ["-c", asks], { encoding: "utf8" });
    const [major, minor] = status === 0 ? stdout.trim().split(" ").map(Number) : [];
    if (major === 3 && minor! >= oldest) return name;
  }
  return null;
}

/**
 * The Python of an environment that holds exactly what a requirements file names. It lies in the cache folder of the
 * user, outside of the tree, and is made once for every state of the file. Null, with the reason on standard error,
 * when it cannot be made.
 */
export function environmentFor(python: string, requirements: string): string | null {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const text = readFileSync(requirements, "utf8");
  const folder = join(cache, "kiwi", `bench-peers-${sha256(text).slice(0, 12)}`);
  const own = join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  const done = join(folder, "complete");
  if (existsSync(done)) return own;
  console.error(`bench peers: installing them into ${folder} (once, a minute or two) ...`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const steps: readonly (readonly [string, readonly string[]])[] = [
    [python, ["-m", "venv", folder]],
    [own, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]],
  ];
  for (const [program, args] of steps) {
    const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
    if (status === 0) continue;
    console.error(
      `bench peers: ${program} ${args.join(" ")} failed:\n${stderr.trim().split("\n").slice(-3).join("\n")}`,
    );
    return null;
  }
  writeFileSync(done, text);
  return own;
}
