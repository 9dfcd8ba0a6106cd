import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { safeText } from "../src/cli/output/safe-text.ts";
import { runCli } from "../src/cli/run-cli.ts";

/** What a command line did. */
export type Outcome = { readonly code: number; readonly out: string; readonly err: string };

/** A folder that is gone after the tests: call `remove` in `afterAll`. */
export function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "kiwi-cli-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs a command line in this process, in a folder, with nobody watching. */
export async function runKiwi(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = "",
): Promise<Outcome> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli({
    args,
    folder,
    // What belongs to accounts and sessions is never that of the person who runs the tests.
    env: { KIWI_HOME: join(folder, "kiwi-home"), ...env },
    out: (text) => void out.push(safeText(text)),
    err: (text) => void err.push(safeText(text)),
    isWatched: false,
    isInteractive: false,
    readInput: async () => input,
    width: 80,
    hasColor: false,
    outClosed: new AbortController().signal,
  });
  return { code, out: out.join("\n"), err: err.join("\n") };
}
