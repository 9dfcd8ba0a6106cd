import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../test/run-kiwi.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

// The program as a shell starts it: a file of one's own finds "kiwi" by hooks that a test runner does not have.
const program = join(import.meta.dirname, "..", "..", "bin", "kiwi.js");
function kiwi(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const options = { cwd: folder, encoding: "utf8", env: { ...process.env, ...env } } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], options);
  return { code: status, out: stdout, err: stderr };
}

/** The channel that the documentation shows, word by word. */
function shownChannel(): string {
  const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "how-to", "alerts.md"), "utf8");
  const shown = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!);
  expect(shown.length).toBe(1);
  return shown[0]!;
}

test("the channel of the documentation is loaded from its file, gets options and secret, and is told", () => {
  writeFileSync(join(folder, "logbook.ts"), shownChannel());
  const page = join(folder, "logbook.txt");
  const config = {
    plugins: ["./logbook.ts"],
    alerts: { channels: { book: { use: "logbook", path: page } } },
  };
  writeFileSync(join(folder, "kiwi.config.jsonc"), JSON.stringify(config));
  const unsigned = kiwi(["alerts", "test"]);
  expect([unsigned.code, unsigned.err]).toEqual([3, expect.stringContaining("SECRET_MISSING")]);
  const { code, out } = kiwi(["alerts", "test"], { LOGBOOK_SIGNATURE: "Ada" });
  expect([code, out]).toEqual([0, "book  delivered\n"]);
  expect(readFileSync(page, "utf8")).toMatch(/^info  this is a test  Ada$/m);
}, 60_000);
