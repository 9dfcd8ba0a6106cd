import { existsSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../../../test/run-kiwi.ts";
import { dayMs } from "../../../base/time.ts";
import { lockAccount } from "../../../robot/account-lock.ts";
import { openSessionFolder, sessionPaths, type SessionNote } from "../session-folder.ts";
import { writeStatus, type SessionStatus } from "../session-status.ts";
import { keptSessions, removeSessions } from "./old-sessions.ts";

const folder = temporaryFolder();
afterAll(folder.remove);
const home = folder.path;
const nowMs = Date.UTC(2026, 5, 1);

/** A session that began so many days ago and was heard of a day later. */
function session(id: string, daysAgo: number, over: Partial<SessionNote> = {}, held = 0): void {
  const startedMs = nowMs - daysAgo * dayMs;
  const note: SessionNote = {
    id,
    mode: "paper",
    account: "A",
    strategy: "s",
    params: {},
    symbols: ["X"],
    timeframe: "1h",
    broker: "alpaca",
    isDemo: false,
    startedMs,
    begunMs: startedMs,
    ranMs: 0,
    settingsHash: "",
    models: [],
    pid: 1,
    part: null,
    isLeft: false,
    ...over,
  };
  openSessionFolder(home, note);
  const robot = { positions: held === 0 ? [] : [{ symbol: "X", quantity: held }], orders: [] };
  const status = { writtenMs: startedMs + dayMs, robot } as unknown as SessionStatus;
  writeStatus(sessionPaths(home, id).status, status);
}

test("only what ended long ago, holds nothing and is not the last of its account may go", () => {
  session("old", 300);
  session("held", 250, {}, 3);
  session("recent", 40);
  session("last", 20);
  session("other", 400, { account: "B" });
  session("runs", 390, { account: "C" });
  session("later", 380, { account: "C" });
  session("partly", 370, { account: "D", part: { name: "one", share: 0.5 } });
  session("parts", 360, { account: "D", part: { name: "two", share: 0.5 } });
  const lock = lockAccount(home, "C", { sinceMs: 0, what: "paper session runs" });
  const found = keptSessions(home, 90, nowMs);
  const why = Object.fromEntries(found.map((one) => [one.note.id, one.why]));
  expect(why).toEqual({
    old: null,
    held: "it held something when it ended",
    recent: "it ended less than 90 days ago",
    last: "the last of its account",
    other: "the last of its account",
    runs: "it runs",
    later: "the last of its account",
    partly: "the last of its account",
    parts: "the last of its account",
  });
  expect(found.every(({ bytes }) => bytes > 100)).toBe(true);
  removeSessions(
    home,
    found.filter((one) => one.why === null),
  );
  const left = found.filter(({ note }) => existsSync(sessionPaths(home, note.id).folder));
  expect(left).toHaveLength(found.length - 1);
  lock.release();
});
