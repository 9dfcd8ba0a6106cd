import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/run-kiwi.ts";
import { scanFolder, scanHistory } from "./scan-folder.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);
const root = join(import.meta.dirname, "../../..");

// Put together here, so that this file holds none of them.
const random = (count: number): string => "q7Zk2Rw9Xb4Nf6Tj8Lm3Vc5Hd1Gs0Py".repeat(4).slice(0, count);
const planted: readonly (readonly [path: string, text: string, what: string])[] = [
  ["deep/down/key.txt", ["-----BEGIN RSA ", "PRIVATE KEY-----"].join(""), "a private key"],
  ["alpaca.ts", `const key = "${["PK", "A1B2C3D4E5F6G7H8J9"].join("")}";`, "a key of Alpaca"],
  ["aws.ini", `id ${["AKIA", "A1B2C3D4E5F6G7H8"].join("")}`, "a key of Amazon"],
  ["push.sh", `git clone https://${["ghp_", random(36)].join("")}@x`, "a token of GitHub"],
  ["chat.md", `hooks.slack.com/services/T0AB12CD3/B0AB12CD3/${random(24)}`, "a webhook of Slack"],
  ["bot.jsonc", `"t": "${["123456789", `AA${random(33)}`].join(":")}"`, "a token of a Telegram bot"],
  ["strategy.ts", `const bybitSecret = "${random(24)}";`, "the value of bybitSecret"],
  ["run.sh", `export BINANCE_API_KEY=${random(40)}`, "the value of BINANCE_API_KEY"],
  ["state.yaml", `url: postgres://kiwi:${random(8)}@db/state`, "a password in an address"],
  [".env", "HARMLESS=1", "a file of settings with secrets"],
];
const harmless = [
  '"password": { "env": "KIWI_SMTP_PASSWORD" }',
  "url: postgres://kiwi:PASSWORD@db/state",
  "const secretName = secretPlace.optional();",
  "sha512-lMkyes8iHrG+mk6WH7X70MdCLI2RS0FwNBY1PyQ8UemaijE2m5mv5A0Niy3HtbYTFrgkUEQjFMXmSAk2hQDuPQ==",
  `token = "${random(30)}" // not-a-secret: of a test`,
];

test("planted secrets are found where they stand, harmless lines are not, and no value is repeated", () => {
  for (const [path, text] of planted) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), `first line\n${text}\n`);
  }
  writeFileSync(join(folder, "harmless.txt"), harmless.join("\n"));
  writeFileSync(join(folder, "picture.bin"), Buffer.from([0, 1, 2]));
  const { files, found } = scanFolder(folder);
  expect(files).toBe(planted.length + 2);
  expect(found.map(({ path, what }) => [path, what])).toEqual(
    planted.map(([path, , what]) => [path, what]).toSorted(([a], [b]) => (a! < b! ? -1 : 1)),
  );
  expect(JSON.stringify(found)).not.toContain(random(8));
});

test("what git ignores is nobody's business, and what was committed once is found in the history", async () => {
  const git = (...words: readonly string[]): void => {
    const as = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
    expect(spawnSync("git", [...as, ...words], { cwd: folder }).status).toBe(0);
  };
  git("init", "-q");
  writeFileSync(join(folder, ".gitignore"), ".env\ndeep/\n");
  expect(scanFolder(folder).found).toHaveLength(planted.length - 2);
  git("add", "strategy.ts", "state.yaml");
  git("commit", "-qm", "first");
  rmSync(join(folder, "strategy.ts"));
  git("add", "-A", "strategy.ts");
  git("commit", "-qm", "gone");
  const { found } = await scanHistory(folder);
  const told = found.map(({ path, line, what }) => `${path.replace(/^\w+:/, "")} ${line} ${what}`);
  expect(told.toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    "state.yaml 2 a password in an address",
    "strategy.ts 2 the value of bybitSecret",
  ]);
  expect(scanFolder(folder).found.map(({ path }) => path)).not.toContain("strategy.ts");
});

/** Made-up keys of our own tests, by file: one more or less is looked at. */
const ownTests: Readonly<Record<string, number>> = {
  "src/adapters/brokers/alpaca/alpaca-broker.test.ts": 1,
  "src/adapters/sources/ccxt/ccxt-source.test.ts": 1,
  "src/adapters/sources/tiingo/tiingo-source.test.ts": 1,
  "src/adapters/stores/state/state-database.test.ts": 1,
  "src/adapters/tracking/mlflow-run.test.ts": 1,
  "src/app/config/environment-without-secrets.test.ts": 2,
  "src/app/config/resolve-config.test.ts": 2,
  "src/app/search/queue-place.test.ts": 1,
  "src/base/open-password.test.ts": 6,
  "src/cli/commands/data/data-store.test.ts": 1,
  "src/cli/hostile.test.ts": 3,
  "src/cli/output/safe-text.test.ts": 1,
  "src/cli/secrets.test.ts": 1,
  "test/fakes/fake-alpaca-account.ts": 1,
  "test/fakes/fake-alpaca.ts": 1,
  "test/fuzz/venue-targets.ts": 1,
};

test("nothing that we ship has a secret in it, and tests have only those that are known to be made up", () => {
  const counts: Record<string, number> = {};
  for (const { path } of scanFolder(root).found) counts[path] = (counts[path] ?? 0) + 1;
  expect(counts).toEqual(ownTests);
});
