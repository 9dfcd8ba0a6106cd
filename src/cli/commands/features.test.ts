import { expect, test } from "vitest";
import type { Shell } from "../shell.ts";
import { featuresListCommand, featuresShowCommand } from "./features.ts";

async function said(command: (shell: Shell) => Promise<number>): Promise<string> {
  const lines: string[] = [];
  const shell: Shell = {
    args: [],
    folder: ".",
    env: {},
    out: (text) => void lines.push(text),
    err: () => {},
    isWatched: false,
    isInteractive: false,
    readInput: async () => "",
    width: 100,
    hasColor: false,
    outClosed: new AbortController().signal,
  };
  expect(await command(shell)).toBe(0);
  return lines.join("\n");
}

test("the list has a line for every set with its version, size and warm-up", async () => {
  const text = await said(async (shell) => featuresListCommand(shell, { color: false }));
  expect(text).toMatch(/^short +1 +30 +218 bars {2}/m);
  expect(text).toMatch(/^long +1 +32 +309 bars and 26 bars of 1d/m);
});

test("a set is shown feature by feature, with meanings and expressions", async () => {
  const text = await said(async (shell) => featuresShowCommand(shell, "short", { color: false }));
  expect(text).toMatch(/^rsi14 +0 to 100 +108 bars +Relative strength index/m);
  expect(text).toMatch(/^return1 +-100 and up +/m);
  expect(text).toMatch(/^ppo +any +/m);
  expect(text).toMatch(/^rsi14 +rsi\(close,14\)$/m);
});

test("both are one JSON document for programs", async () => {
  const list = JSON.parse(
    await said(async (shell) => featuresListCommand(shell, { json: true, color: false })),
  ) as { schema: string; sets: { features: number }[] };
  expect(list.schema).toBe("feature-sets@1");
  expect(list.sets.map(({ features }) => features)).toEqual([30, 35, 32]);
  const set = JSON.parse(
    await said(async (shell) => featuresShowCommand(shell, "long", { json: true, color: false })),
  ) as { schema: string; ok: boolean; features: unknown[] };
  expect(set).toMatchObject({ schema: "feature-set@1", ok: true });
  expect(set.features).toHaveLength(32);
});
