import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/run-kiwi.ts";
import { SessionReporter, type ReporterParts } from "./session-reporter.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

test("a disk that takes no comparison any more is logged, and keeps nothing of the session from ending", () => {
  const errors: string[] = [];
  const log = {
    error: (_: object, text: string) => void errors.push(text),
    warn() {},
    info() {},
    debug() {},
  };
  const comparison = { matched: 1, slippageMean: 0, pnl: 1, shadowPnl: 1, drift: null };
  const parts = {
    plan: { clock: { nowMs: () => 0 } },
    note: { id: "s1", startedMs: 0 },
    // A folder takes no line, as a disk that is read-only does not.
    paths: { comparison: folder.path, status: folder.path },
    robot: { view: () => ({ comparison }), status: () => ({ counts: { fills: 0 } }) },
    connection: { account: () => Promise.reject(new Error("no line")) },
    watch: { isOn: () => true, raise() {} },
    log,
  } as unknown as ReporterParts;
  const reporter = new SessionReporter(parts);
  reporter.start();
  expect(() => reporter.stop()).not.toThrow();
  expect(errors.at(-1)).toBe("the comparison of the day could not be written");
});
