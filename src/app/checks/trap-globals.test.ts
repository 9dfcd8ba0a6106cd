import { expect, test } from "vitest";
import { KiwiError } from "../../base/errors.ts";
import { runConfigSchema } from "../config/run-config.ts";
import { performCheck } from "./perform-check.ts";
import { trapGlobals } from "./trap-globals.ts";

/** Everything that the traps replace, as it is now. */
function present() {
  const names = ["Date", "fetch", "WebSocket", "setTimeout", "setInterval", "setImmediate"] as const;
  const globals = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
  const members = [
    [Math, "random"],
    [process, "hrtime"],
    [process.hrtime, "bigint"],
    [process, "getBuiltinModule"],
    [process, "env"],
    [process, "uptime"],
    [performance, "now"],
  ] as const;
  return { globals, members: members.map(([holder, name]): unknown => Reflect.get(holder, name)) };
}

test("traps say what was called, let it happen, and are gone when they are released", () => {
  const before = present();
  const calls: string[] = [];
  const release = trapGlobals((_, what) => calls.push(what));
  try {
    expect(Math.random()).toBeLessThan(1);
    expect(Date.now()).toBeGreaterThan(0);
    expect(new Date()).toBeInstanceOf(Date);
    expect(performance.now()).toBeGreaterThan(0);
    expect(process.hrtime.bigint()).toBeGreaterThan(0n);
    expect(Object.keys(process.env).length).toBeGreaterThan(0);
    expect(process.getBuiltinModule("node:path").sep).toBeTypeOf("string");
    expect(crypto.randomUUID().length).toBe(36);
  } finally {
    release();
  }
  expect(present()).toEqual(before);
  expect(Object.hasOwn(performance, "now")).toBe(false);
  for (const what of [
    "Math.random",
    "Date.now",
    "new Date()",
    "performance.now",
    "process.hrtime",
    "crypto.randomUUID",
  ])
    expect(calls).toContain(`calls ${what}`);
  expect(calls).toContain("reads process.env");
});

test("a date made from a given time is arithmetic and no trap", () => {
  const calls: string[] = [];
  const release = trapGlobals((_, what) => calls.push(what));
  const year = new Date(86_400_000 * 366).getUTCFullYear();
  const parsed = Date.parse("2024-03-05T00:00:00Z");
  release();
  expect([year, parsed]).toEqual([1971, Date.UTC(2024, 2, 5)]);
  expect(calls.filter((what) => what.includes("Date"))).toEqual([]);
});

test("the network is not reached", async () => {
  const release = trapGlobals(() => {});
  try {
    await expect(fetch("http://127.0.0.1:9/")).rejects.toThrow("out of reach while a strategy is checked");
  } finally {
    release();
  }
});

test("a check that fails leaves no trap behind", async () => {
  const before = present();
  const request = {
    strategy: { file: "no-such-strategy.ts" },
    params: {},
    bars: [],
    config: runConfigSchema.parse({}),
  };
  await expect(performCheck({ check: "lookahead", request })).rejects.toBeInstanceOf(KiwiError);
  expect(present()).toEqual(before);
});
