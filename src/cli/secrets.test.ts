import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runKiwi, temporaryFolder } from "../../test/run-kiwi.ts";
import { lookUpCredentials } from "../app/config/secrets.ts";

const { path, remove } = temporaryFolder();
afterAll(remove);
const env = { KIWI_VAULT_PASSPHRASE: "a long passphrase" };
const secret = "pk-PLANTED-0123456789";

test("a secret goes in by standard input, is used from the configuration, and is shown nowhere", async () => {
  const folder = join(path, "used");
  mkdirSync(folder);
  const seen: string[] = [];
  const kiwi = async (args: readonly string[], input = "", given: Readonly<Record<string, string>> = env) => {
    const outcome = await runKiwi(folder, args, given, input);
    seen.push(outcome.out, outcome.err);
    return outcome;
  };
  expect((await kiwi(["secrets", "set", "bybit-key"], `${secret}\n`)).out).toContain(
    '{ "vault": "bybit-key" }',
  );
  expect((await kiwi(["secrets", "list"])).out).toBe("bybit-key");
  expect((await kiwi(["secrets", "test"])).out).toBe(`bybit-key  opens, ${secret.length} characters`);
  expect((await kiwi(["secrets", "test"], "", { KIWI_VAULT_PASSPHRASE: "wrong" })).err).toContain(
    "VAULT_LOCKED",
  );
  expect((await kiwi(["secrets", "test"], "", {})).err).toContain("SECRET_MISSING");
  expect((await kiwi(["secrets", "set", "empty"], "\n")).err).toContain("SECRET_EMPTY");
  expect((await kiwi(["secrets", "rm", "other"])).err).toContain("SECRET_UNKNOWN");
  expect((await kiwi(["secrets", "test", "other", "--json"])).out).toContain("SECRET_UNKNOWN");

  const need = [{ name: "key", what: "a key", env: "SOME_KEY" }] as const;
  const places = { folder, env };
  expect(await lookUpCredentials("bybit", need, { key: { vault: "bybit-key" } }, places, true)).toEqual({
    key: secret,
  });
  await expect(lookUpCredentials("bybit", need, { key: { vault: "none" } }, places, true)).rejects.toThrow(
    "SECRET_MISSING",
  );

  expect((await kiwi(["secrets", "rm", "bybit-key"])).out).toContain("gone");
  expect((await kiwi(["secrets", "list", "--json"])).out).toContain('"names":[]');
  expect(seen.join("\n")).not.toContain(secret);
  expect(readFileSync(join(folder, ".kiwi", "secrets.vault"), "utf8")).not.toContain(secret);
});

test("the passphrase may lie in a file of its own", async () => {
  const folder = join(path, "file");
  mkdirSync(folder);
  writeFileSync(join(folder, "pass.txt"), "from a file\nnot this line\n");
  const byFile = { KIWI_VAULT_PASSPHRASE_FILE: "pass.txt" };
  expect((await runKiwi(folder, ["secrets", "set", "one"], byFile, "x1")).code).toBe(0);
  const typed = { KIWI_VAULT_PASSPHRASE: "from a file" };
  expect((await runKiwi(folder, ["secrets", "test"], typed)).out).toBe("one  opens, 2 characters");
  const gone = { KIWI_VAULT_PASSPHRASE_FILE: "nowhere.txt" };
  expect((await runKiwi(folder, ["secrets", "test"], gone)).err).toContain("cannot be read (ENOENT)");
});
