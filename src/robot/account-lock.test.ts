import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../test/run-kiwi.ts";
import { holderOf, lockAccount } from "./account-lock.ts";

const folder = temporaryFolder();
afterAll(folder.remove);
const holder = { sinceMs: 5, what: "a test" };

/** A process of its own that holds an account until it is ended. */
async function holdElsewhere(home: string, account: string) {
  const module = JSON.stringify(join(import.meta.dirname, "account-lock.ts"));
  const text = `
    const { lockAccount } = await import(${module});
    const lock = lockAccount(${JSON.stringify(home)}, ${JSON.stringify(account)}, { sinceMs: 7, what: "a child" });
    console.log(lock.token);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", text], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [token] = (await once(child.stdout, "data")) as [Buffer];
  return { child, token: Number(token.toString()) };
}

test("one process has an account; another is told who, and gets it with a larger token afterwards", async () => {
  const home = join(folder.path, "one");
  const { child, token } = await holdElsewhere(home, "demo");
  expect(() => lockAccount(home, "demo", holder)).toThrow(`traded by a child, process ${child.pid}`);
  expect(holderOf(home, "demo")).toMatchObject({ pid: child.pid, what: "a child", sinceMs: 7 });
  lockAccount(home, "another", holder).release();
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(holderOf(home, "demo")).toBeNull();
  const lock = lockAccount(home, "demo", holder);
  expect(lock.token).toBeGreaterThan(token);
  expect(lock.isHeld).toBe(true);
  lock.release();
  expect(lock.isHeld).toBe(false);
  expect(holderOf(home, "demo")).toBeNull();
});

test("a process that stands still keeps its account", async () => {
  if (process.platform === "win32") return;
  const home = join(folder.path, "still");
  const { child } = await holdElsewhere(home, "demo");
  child.kill("SIGSTOP");
  expect(() => lockAccount(home, "demo", holder)).toThrow("ACCOUNT_LOCKED");
  child.kill("SIGKILL");
  await once(child, "exit");
  lockAccount(home, "demo", holder).release();
});

test("who lost the lock file to somebody else knows it before the next send", () => {
  const home = join(folder.path, "lost");
  const first = lockAccount(home, "demo", holder);
  rmSync(join(home, "locks", "demo.lock"));
  expect(first.isHeld).toBe(false);
  const second = lockAccount(home, "demo", holder);
  expect(first.isHeld).toBe(false);
  expect(second.isHeld).toBe(true);
  second.release();
  first.release();
});

test("a lock whose note cannot be removed, as on a disk that has become read-only, is free all the same", () => {
  const home = join(folder.path, "stuck");
  const lock = lockAccount(home, "demo", holder);
  const note = join(home, "locks", "demo.lock.holder");
  rmSync(note);
  // What rm refuses as a file: a folder in its place.
  mkdirSync(note);
  lock.release();
  expect(lock.isHeld).toBe(false);
  expect(holderOf(home, "demo")).toBeNull();
});
