import { expect, test } from "vitest";
import { KiwiError } from "../../../base/errors.ts";
import { readFault, writeFault } from "./bar-store-errors.ts";

const failed = (code: string): Error => Object.assign(new Error(`${code}: it failed, write`), { code });
const codeOf = (fault: unknown): string | null => (fault instanceof KiwiError ? fault.parts.code : null);

test.each([
  ["EIO", "DISK_FAILED", "DISK_FAILED"],
  ["ESTALE", "DISK_FAILED", "DISK_FAILED"],
  ["SQLITE_IOERR_FSYNC", "DISK_FAILED", "DISK_FAILED"],
  ["ENOSPC", "DISK_FULL", null],
  ["EDQUOT", "DISK_FULL", null],
  ["EACCES", "STORE_NOT_WRITABLE", "STORE_NOT_READABLE"],
  ["EROFS", "STORE_NOT_WRITABLE", "STORE_NOT_READABLE"],
])("%s is %s where it is met in writing, and %s in reading", (code, writing, reading) => {
  expect(codeOf(writeFault("/data/BTC", failed(code)))).toBe(writing);
  expect(codeOf(readFault("/data/BTC", failed(code)))).toBe(reading);
});

test("a failing disk is named with its path, and so is what DuckDB says of it", () => {
  const cause = new Error("IO Error: Could not write all bytes to file: Input/output error");
  const { parts } = writeFault("/data/BTC", cause) as KiwiError;
  expect(parts).toMatchObject({
    code: "DISK_FAILED",
    message: expect.stringContaining("/data/BTC") as string,
  });
});

test("what is no fault of the disk is left as it is", () => {
  const bug = new TypeError("x is not a function");
  expect([writeFault("/data", bug), readFault("/data", bug)]).toEqual([bug, bug]);
});

test.each(["ENOSPC", "EIO", "EACCES"])(
  "%s in keeping a model leads to help about models, and speaks of no bars",
  (code) => {
    const { topic, fix } = (writeFault("/models/net", failed(code), "models") as KiwiError).parts;
    expect(topic).toBe("models");
    expect(fix).not.toMatch(/bars|data check/);
  },
);
