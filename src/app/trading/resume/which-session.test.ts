import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { dayMs, secondMs } from "../../../base/time.ts";
import { runConfigSchema } from "../../config/run-config.ts";
import { openSessionFolder, sessionPaths, writeNote, type SessionNote } from "../session-folder.ts";
import type { TradingPlan } from "../session-parts.ts";
import { readStatus, ranMs, writeStatus, type SessionStatus } from "../session-status.ts";
import { whichSessions } from "./which-session.ts";

const account = "PA-1";
let home = "";
afterEach(() => {
  if (home !== "") rmSync(home, { recursive: true, force: true });
  home = "";
});

/** What a session is told from; nothing else of a plan is looked at. */
const planWith = (over: Partial<TradingPlan> = {}): TradingPlan =>
  ({
    mode: "paper",
    isDemo: false,
    part: null,
    params: { fast: 3 },
    symbols: ["BTC/USD"],
    timeframe: "1m",
    broker: { use: "alpaca" },
    strategyName: "sma-cross",
    models: [],
    tables: {},
    config: runConfigSchema.parse({}),
    ...over,
  }) as TradingPlan;

/** Starts a session as a robot does, and leaves it `ranFor` milliseconds later with what it held. */
function live(plan: TradingPlan, { isFresh = false, ranFor = 0, held = 0 } = {}) {
  if (home === "") home = mkdtempSync(join(tmpdir(), "kiwi-which-"));
  const [chosen] = whichSessions(home, account, [plan], isFresh);
  const { note } = chosen!;
  openSessionFolder(home, note);
  const positions = held === 0 ? [] : [{ symbol: "BTC/USD", quantity: held }];
  const status = { writtenMs: note.startedMs + ranFor, robot: { positions } } as unknown as SessionStatus;
  writeStatus(sessionPaths(home, note.id).status, status);
  writeFileSync(sessionPaths(home, note.id).journal, "");
  return chosen!;
}

/** As if it had been started so long ago. */
function age(note: SessionNote, spanMs: number): void {
  writeNote(home, { ...note, startedMs: note.startedMs - spanMs, begunMs: note.begunMs - spanMs });
}

test("a session alone on its account goes on when the same is started again, and is a new one when it is told to be", () => {
  const first = live(planWith());
  expect(first.origin).toBe("");
  const again = live(planWith());
  expect(again.note.id).toBe(first.note.id);
  expect(again.origin).toContain("goes on where it ended");
  const fresh = live(planWith(), { isFresh: true });
  expect(fresh.note.id).not.toBe(first.note.id);
  // Who begins anew begins a new day of the account; who changes a setting does not.
  expect([first.before, again.before, fresh.before]).toEqual([null, null, null]);
  // From now on that is the session of the account.
  expect(live(planWith()).note.id).toBe(fresh.note.id);
});

test("a session with other settings takes the place of the one before, whose day of the account goes on", () => {
  const first = live(planWith());
  const other = live(planWith({ params: { fast: 7 } }));
  expect(other.note.id).not.toBe(first.note.id);
  expect(other.before?.id).toBe(first.note.id);
});

test("a session whose journal is gone is never begun again under its name", () => {
  const first = live(planWith());
  rmSync(sessionPaths(home, first.note.id).journal);
  const next = live(planWith());
  expect(next.note.id).not.toBe(first.note.id);
  expect(next.origin).toContain(`not ${first.note.id} of this account: its journal is gone`);
  // Money waits for a person.
  const money = planWith({ mode: "live" });
  rmSync(sessionPaths(home, live(money).note.id).journal);
  expect(() => live(money)).toThrow(/JOURNAL_GONE/);
  expect(live(money, { isFresh: true }).origin).toContain("it was to begin anew");
});

test.each([
  ["parameters", planWith({ params: { fast: 4 } })],
  ["strategy", planWith({ strategyName: "trend-following" })],
  ["symbols", planWith({ symbols: ["ETH/USD"] })],
  ["timeframe", planWith({ timeframe: "1h" })],
  ["models", planWith({ models: [{ name: "m", fingerprint: "f" }] })],
  [
    "settings (costs, sizes",
    planWith({ config: runConfigSchema.parse({ sizing: { use: "fixed-fraction", fraction: 0.1 } }) }),
  ],
])("with other %s it is a new session, and says so", (what, plan) => {
  const { note } = live(planWith(), { held: 2 });
  const other = live(plan);
  expect(other.note.id).not.toBe(note.id);
  expect(other.origin).toContain(`not ${note.id} of this account: other ${what}`);
});

test("the books of a session before the last one on the account are not gone on with", () => {
  const first = live(planWith());
  age(first.note, 2 * secondMs);
  const second = live(planWith({ params: { fast: 4 } }));
  age(second.note, secondMs);
  const third = live(planWith());
  expect([first.note.id, second.note.id]).not.toContain(third.note.id);
  // Nor one in whose place several have traded since, nor the venue of a demo, which ended with it.
  live(planWith({ part: { name: "a", share: 1 } }));
  expect(live(planWith()).note.id).not.toBe(third.note.id);
  const demo = live(planWith({ isDemo: true }));
  expect(live(planWith({ isDemo: true })).note.id).not.toBe(demo.note.id);
});

test("the time between two runs is no time that it ran", () => {
  const { note } = live(planWith(), { ranFor: dayMs });
  // Started again a week later, for an hour.
  age(note, 8 * dayMs);
  const status = readStatus(sessionPaths(home, note.id).status)!;
  writeStatus(sessionPaths(home, note.id).status, { ...status, writtenMs: note.startedMs - 7 * dayMs });
  const again = live(planWith(), { ranFor: 3_600_000 });
  expect(again.note.ranMs).toBe(dayMs);
  expect(again.note.begunMs).toBe(note.begunMs - 8 * dayMs);
  expect(ranMs(again.note, readStatus(sessionPaths(home, note.id).status))).toBe(dayMs + 3_600_000);
});
