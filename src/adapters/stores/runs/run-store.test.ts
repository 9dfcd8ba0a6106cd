import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { KiwiError } from "../../../base/errors.ts";
import { readRun, runIds } from "./read-runs.ts";
import { freeRunId, saveRun } from "./run-store.ts";
import { storeError } from "./store-errors.ts";
import { writeWhole } from "./write-whole.ts";

const folder = mkdtempSync(join(tmpdir(), "kiwi-runs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function codeOf(act: () => void): string {
  try {
    act();
  } catch (error) {
    if (error instanceof KiwiError) return error.parts.code;
    throw error;
  }
  return "none";
}

const manifest = (runId: string): string => JSON.stringify({ schema: "run@1", runId });

test("a run id tells the time, and two runs of one second have different ids", () => {
  const root = join(folder, "ids");
  const nowMs = Date.UTC(2026, 2, 4, 12, 5, 1, 250);
  expect(freeRunId(root, nowMs, "3fa2b1cc")).toBe("20260304-120501-250-3fa2b1");
  mkdirSync(join(root, "20260304-120501-250-3fa2b1"), { recursive: true });
  expect(freeRunId(root, nowMs, "3fa2b1cc")).toBe("20260304-120501-250-3fa2b1-2");
});

test("a run appears with all of its files, and nothing else is left", () => {
  const root = join(folder, "store");
  saveRun(root, "r1", { "manifest.json": manifest("r1"), "result.json": "{}" });
  expect(readdirSync(root)).toEqual(["r1"]);
  expect(readdirSync(join(root, "r1")).toSorted()).toEqual(["manifest.json", "result.json"]);
});

test("a run whose second file cannot be written leaves nothing behind", () => {
  const root = join(folder, "failing");
  const files = { "manifest.json": manifest("r1"), "no/such/folder.json": "{}" };
  expect(codeOf(() => saveRun(root, "r1", files))).toBe("NOT_WRITABLE");
  expect(readdirSync(root)).toEqual([]);
});

test("what a killed process left half written is not a run, and is removed after an hour", async () => {
  const root = join(folder, "killed");
  for (const name of [".old.partial", ".young.partial"]) mkdirSync(join(root, name), { recursive: true });
  utimesSync(join(root, ".old.partial"), 0, 0);
  saveRun(root, "r1", { "manifest.json": manifest("r1") });
  expect(await runIds(root)).toEqual(["r1"]);
  expect(readdirSync(root).toSorted()).toEqual([".young.partial", "r1"]);
});

// /dev/full is a device that is always full: the error is the system's own.
test.skipIf(!existsSync("/dev/full"))("a full disk is said so and keeps the old file", () => {
  const path = join(folder, "kept.json");
  writeFileSync(path, "old");
  symlinkSync("/dev/full", `${path}.partial`);
  expect(codeOf(() => writeWhole(path, "new"))).toBe("DISK_FULL");
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(existsSync(`${path}.partial`)).toBe(false);
});

test("a folder that cannot be made is said so", () => {
  writeFileSync(join(folder, "file"), "");
  expect(codeOf(() => void saveRun(join(folder, "file", "runs"), "r1", {}))).toBe("NOT_WRITABLE");
  for (const code of ["EACCES", "EROFS"]) {
    const error = storeError("x", Object.assign(new Error("no"), { code }));
    expect((error as KiwiError).parts).toMatchObject({ code: "NOT_WRITABLE", exit: "config" });
  }
  const unknown = new Error("a bug");
  expect(storeError("x", unknown)).toBe(unknown);
});

test("a run is found by its id, its beginning, its end, its path, and as the last one", async () => {
  const root = join(folder, "find");
  for (const id of ["20260101-000000-aaaaaa", "20260102-000000-bbbbbb"])
    saveRun(root, id, { "manifest.json": manifest(id), "result.json": '{"metrics":{}}' });
  for (const name of [
    "20260102-000000-bbbbbb",
    "20260102",
    "bbbbbb",
    "last",
    join(root, "20260102-000000-bbbbbb"),
  ])
    expect((await readRun(root, name)).manifest.runId).toBe("20260102-000000-bbbbbb");
  await expect(readRun(root, "2026")).rejects.toThrow("RUN_AMBIGUOUS");
  await expect(readRun(root, "20260103")).rejects.toThrow("RUN_UNKNOWN");
  await expect(readRun(join(folder, "nowhere"), "last")).rejects.toThrow("RUN_UNKNOWN");
  writeFileSync(join(root, "20260101-000000-aaaaaa", "manifest.json"), "{");
  await expect(readRun(root, "aaaaaa")).rejects.toThrow("RUN_DAMAGED");
});
