import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { KiwiError } from "../../base/errors.ts";
import { findSecrets, secretFile, type FoundSecret } from "./find-secrets.ts";

/** What a look through a folder has found. */
export type SecretScan = { readonly files: number; readonly found: readonly FoundSecret[] };

/** Data and pictures: keys are short texts in short files. */
const bytesMax = 2_000_000;
const skipped: ReadonlySet<string> = new Set(["node_modules", ".git", "dist", "coverage"]);

/**
 * Looks for secrets in all files that git has or would take, what it ignores left out; in a folder without git, in all of
 * them. Values are never shown.
 */
export function scanFolder(folder: string): SecretScan {
  const paths = gitFiles(folder) ?? allFiles(folder);
  const found = paths.flatMap((path): readonly FoundSecret[] => {
    const what = secretFile(path);
    if (what !== null) return [{ path, line: 1, what }];
    const text = textIn(join(folder, path));
    return text === null ? [] : findSecrets(path, text);
  });
  return { files: paths.length, found };
}

/**
 * Looks for secrets in every line that was ever added to a repository: what was committed once is known to whoever has a
 * copy. Paths begin with the commit. Rejects with `GIT_MISSING` where there is no history.
 */
export async function scanHistory(folder: string): Promise<SecretScan> {
  const git = spawn(
    "git",
    ["log", "--all", "-p", "-U0", "--no-color", "--no-ext-diff", "--format=commit %h"],
    {
      cwd: folder,
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  const ended = new Promise<number>((resolve) => {
    git.once("error", () => resolve(-1));
    git.once("close", (code) => resolve(code ?? -1));
  });
  const found: FoundSecret[] = [];
  const files = new Set<string>();
  let [commit, path, line] = ["", "", 0];
  for await (const text of createInterface({ input: git.stdout })) {
    if (text.startsWith("commit ")) commit = text.slice(7);
    else if (text.startsWith("+++ b/")) {
      path = `${commit}:${text.slice(6)}`;
      files.add(path);
      const what = secretFile(path);
      if (what !== null) found.push({ path, line: 1, what });
    } else if (text.startsWith("@@")) line = Number(/\+(\d+)/.exec(text)?.[1] ?? 0);
    else if (text.startsWith("+") && !text.startsWith("+++")) {
      for (const one of findSecrets(path, text.slice(1))) found.push({ ...one, line });
      line += 1;
    }
  }
  if ((await ended) !== 0) throw gitMissing(folder);
  return { files: files.size, found };
}

function gitFiles(folder: string): readonly string[] | null {
  const asked = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 64_000_000,
  });
  if (asked.status !== 0) return null;
  return [...new Set(asked.stdout.split("\0"))].filter((path) => path !== "").sort();
}

function allFiles(folder: string): readonly string[] {
  const found: string[] = [];
  const visit = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const inner = join(path, entry.name);
      if (entry.isDirectory() && !skipped.has(entry.name)) visit(inner);
      else if (entry.isFile()) found.push(relative(folder, inner).replaceAll("\\", "/"));
    }
  };
  visit(folder);
  return found.sort();
}

/** What a file says; null for what is no text, is too large or is gone. */
function textIn(path: string): string | null {
  try {
    const { size } = statSync(path);
    if (size > bytesMax) return null;
    const bytes = readFileSync(path);
    return bytes.subarray(0, 8_000).includes(0) ? null : bytes.toString("utf8");
  } catch {
    return null;
  }
}

function gitMissing(folder: string): KiwiError {
  return new KiwiError({
    code: "GIT_MISSING",
    exit: "usage",
    message: `${folder} has no history that could be looked through`,
    why: "git is not there, or the folder is no repository",
    fix: "kiwi secrets scan   looks through the files as they are",
    topic: "secrets",
  });
}
