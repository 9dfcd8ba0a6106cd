import { expect, test } from "vitest";
import type { SessionNote } from "../../app/trading/session-folder.ts";
import { readStatus, writeStatus, type SessionStatus } from "../../app/trading/session-status.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { barText, sessionText } from "./session-text.ts";

const nowMs = Date.UTC(2026, 11, 1, 4);
const note = {
  id: "s1",
  mode: "paper",
  account: "1",
  strategy: "sma-cross",
  params: { fast: 1, slow: 2 },
  symbols: ["AAA", "BBB"],
  timeframe: "1m",
  isDemo: false,
  part: null,
} as unknown as SessionNote;

/** The status of a session that has just begun, with what a test says of it. */
function statusWith(more: {
  readonly robot?: object;
  readonly account?: object;
  readonly components?: readonly object[];
}): SessionStatus {
  return {
    writtenMs: nowMs,
    robot: {
      phase: "running",
      trading: { state: "active", reason: "" },
      line: { kind: "live" },
      lastBarMs: Number.NaN,
      counts: { sent: 0, fills: 0, refusedByVenue: 0, refusedHere: 0 },
      positions: [],
      orders: [],
      incidents: [],
      ...more.robot,
    },
    account: {
      equity: 10_000,
      dayPnl: 0,
      dayFills: 0,
      marginAvailable: 10_000,
      exposureShare: 0,
      positions: [],
      ...more.account,
    },
    gauges: {},
    components: more.components ?? [],
    decisions: [],
    fills: [],
    comparison: null,
  } as unknown as SessionStatus;
}

const linesOf = (status: SessionStatus | null, isRunning = true): readonly string[] =>
  sessionText(note, status, isRunning, nowMs).split("\n");

/** The rows of the state called `name`: its first line and those that it was folded into. */
function rowsOf(lines: readonly string[], name: string): readonly string[] {
  const from = lines.findIndex((line) => line.startsWith(`${name} `));
  const rest = lines.slice(from + 1);
  const count = rest.findIndex((line) => !line.startsWith(" "));
  return lines.slice(from, from + 1 + (count < 0 ? rest.length : count));
}

test("before the first bar the last bar is none yet, also as a file gives back what is no number", () => {
  const folder = mkdtempSync(join(tmpdir(), "kiwi-status-"));
  const path = join(folder, "status.json");
  writeStatus(path, statusWith({}));
  const read = readStatus(path)!;
  rmSync(folder, { recursive: true });
  expect(read.robot.lastBarMs).toBeNull();
  for (const status of [statusWith({}), read])
    expect(linesOf(status)).toContain("line      live   last bar none yet");
  expect(barText(nowMs)).toBe("2026-12-01T04:00:00Z");
});

test("a row that is wider than 80 columns goes on below its first value, and loses nothing", () => {
  const account = {
    equity: 41_123_456_789,
    dayPnl: -1_234_568,
    dayFills: 123_456,
    marginAvailable: 98_765_432,
  };
  const counts = { sent: 123_456, fills: 123_456, refusedByVenue: 12_345, refusedHere: 12_345 };
  const lines = linesOf(statusWith({ account, robot: { counts } }));
  expect(rowsOf(lines, "account")).toEqual([
    "account   equity 41,123,456,789   day -1,234,568 (123456 fills)",
    "          free 98,765,432",
  ]);
  expect(rowsOf(lines, "orders")).toEqual([
    "orders    sent 123456   fills 123456   refused by the venue 12345",
    "          held back here 12345",
  ]);
  expect(lines.filter(({ length }) => length > 80)).toEqual([]);
});

test("what fits in 80 columns to the last one stays on its line", () => {
  const reason = "x".repeat(80 - "trading   HALTED: ".length);
  const halted = (text: string) =>
    rowsOf(linesOf(statusWith({ robot: { trading: { state: "halted", reason: text } } })), "trading");
  expect(halted(reason)).toEqual([`trading   HALTED: ${reason}`]);
  // Only where three spaces stand may a line be broken: a reason is one piece.
  expect(halted(`${reason}x`)).toEqual([`trading   HALTED: ${reason}x`]);
  expect(halted(`${reason.slice(3)}   y`)).toEqual([`trading   HALTED: ${reason.slice(3)}`, "          y"]);
});

test("parts that are not well are named, with the reason of the worst on a row of its own", () => {
  const part = (id: string, condition: string, detail = "", state = "on") => ({
    id,
    condition,
    detail,
    state,
  });
  const components = [
    part("clock", "ok"),
    part("channel hook", "degraded", "it delivers nothing"),
    part("broker", "failed", "the line is down"),
    part("news", "ok", "", "off"),
  ];
  const lines = linesOf(statusWith({ components }));
  expect(rowsOf(lines, "parts")).toEqual([
    "parts     channel hook degraded, broker failed, news off",
    "          (kiwi components --session last)",
    "          broker: the line is down",
  ]);
  expect(rowsOf(linesOf(statusWith({ components: [part("clock", "ok")] })), "parts")).toEqual([
    "parts     1, all well",
  ]);
});

test("the reason of a part is broken between words within 80 columns, and cut only where it is very long", () => {
  const reason =
    "the strategy is muted, for it hung or took too much: nothing is opened, stops and exits go on";
  const part = (detail: string) => ({ id: "robot", condition: "degraded", detail, state: "on" });
  expect(rowsOf(linesOf(statusWith({ components: [part(reason)] })), "parts")).toEqual([
    "parts     robot degraded   (kiwi components --session last)",
    "          robot: the strategy is muted, for it hung or took too much: nothing is",
    "          opened, stops and exits go on",
  ]);
  const long = rowsOf(linesOf(statusWith({ components: [part(`${reason} `.repeat(9))] })), "parts");
  expect(long).toHaveLength(4);
  expect(long.at(-1)).toMatch(/\.\.\.$/);
  expect(long.filter(({ length }) => length > 80)).toEqual([]);
});

test("without a status a session is starting, or has left none", () => {
  expect(linesOf(null).at(-1)).toBe("it is starting");
  expect(linesOf(null, false).at(-1)).toBe("it has left no status");
});

test("of many orders the newest are shown, and how many work besides, with the command that lists them", () => {
  const order = (id: number) => ({
    id,
    symbol: "AAA",
    side: "sell",
    quantity: 1,
    status: "accepted",
    reason: "stop-loss",
  });
  const six = linesOf(statusWith({ robot: { orders: [1, 2, 3, 4, 5, 6].map(order) } }));
  expect(six.join("\n")).not.toContain("before these");
  const eight = linesOf(statusWith({ robot: { orders: [1, 2, 3, 4, 5, 6, 7, 8].map(order) } }));
  expect(eight.filter((line) => line.includes("stop-loss"))).toHaveLength(6);
  expect(eight).toContain("  and 2 before these: kiwi paper orders   lists what works at the venue");
});
