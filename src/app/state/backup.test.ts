import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { backUp, restoreBackup } from "./backup.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function place(): string {
  folders.push(mkdtempSync(join(tmpdir(), "kiwi-backup-")));
  return folders.at(-1)!;
}

function write(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const home = {
  "sessions/a/journal": "one two three",
  "sessions/a/session.json": "{}",
  "sessions/a/logs/1.log": "a line",
  "sessions/a/heartbeat": "5",
  "accounts/demo.json": "{}",
  "locks/demo.lock": "77",
  "armed/demo.json": "yes",
  "reset-key.pem": "private",
  "state.sqlite": "rows",
};

test("a backup has sessions and accounts, and neither locks nor arms nor keys nor what can be made anew", async () => {
  const [from, to] = [write(place(), home), join(place(), "copy")];
  expect(await backUp(from, to, 5)).toEqual({ folder: to, sessions: 1, files: 4 });
  const back = place();
  expect(await restoreBackup(to, back)).toMatchObject({ sessions: 1, files: 4 });
  expect(readFileSync(join(back, "sessions/a/journal"), "utf8")).toBe("one two three");
  for (const path of ["locks", "armed", "reset-key.pem", "state.sqlite", "sessions/a/heartbeat"])
    expect(existsSync(join(back, path)), path).toBe(false);
  await expect(backUp(from, to, 6)).rejects.toThrow("BACKUP_EXISTS");
});

test("one changed byte or one missing file restores nothing", async () => {
  for (const spoil of [
    (folder: string) => appendFileSync(join(folder, "sessions/a/journal"), "!"),
    (folder: string) => rmSync(join(folder, "accounts/demo.json")),
    (folder: string) => rmSync(join(folder, "backup.json")),
    (folder: string) =>
      writeFileSync(
        join(folder, "backup.json"),
        JSON.stringify({ schema: "kiwi-backup@1", madeMs: 0, files: { "../outside": "00" } }),
      ),
  ]) {
    const [from, to, back] = [write(place(), home), join(place(), "copy"), place()];
    await backUp(from, to, 5);
    spoil(to);
    await expect(restoreBackup(to, back)).rejects.toThrow("BACKUP_DAMAGED");
    expect(existsSync(join(back, "sessions"))).toBe(false);
  }
});

test("a session that went on after the backup keeps what it has; another one of that name is not overwritten", async () => {
  const [from, to] = [write(place(), home), join(place(), "copy")];
  await backUp(from, to, 5);
  appendFileSync(join(from, "sessions/a/journal"), " four");
  await restoreBackup(to, from);
  expect(readFileSync(join(from, "sessions/a/journal"), "utf8")).toBe("one two three four");
  const other = write(place(), { "sessions/a/journal": "one two 3" });
  await expect(restoreBackup(to, other)).rejects.toThrow("BACKUP_CONFLICT");
  expect(existsSync(join(other, "accounts"))).toBe(false);
});
