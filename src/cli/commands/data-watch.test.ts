import { afterAll, expect, test } from "vitest";
import { candleAt } from "../../../test/fakes/fake-candles.ts";
import { klineMessage, startFakeBinance } from "../../../test/fakes/fake-binance.ts";
import { until } from "../../../test/fakes/manual-clock.ts";
import { runKiwi, temporaryFolder } from "../../../test/run-kiwi.ts";
import { systemClock } from "../../adapters/system-clock.ts";

const { path: folder, remove } = temporaryFolder();
const minuteMs = 60_000;
const nowMinuteMs = Math.floor(Date.now() / minuteMs) * minuteMs;
const binance = await startFakeBinance(systemClock, nowMinuteMs - 600 * minuteMs);
afterAll(async () => {
  await binance.host.close();
  remove();
});

const flags = [
  ["--source", "binance", "-t", "1m"],
  ["--set", `providers.binance.baseUrl=${binance.host.url}`],
  ["--set", `providers.binance.wsUrl=${binance.host.wsUrl}`],
].flat();

async function watch(...more: readonly string[]) {
  const before = binance.subscriptions.length;
  const watching = runKiwi(folder, ["data", "watch", "BTCUSDT", "ETHUSDT", ...flags, ...more]);
  await until(() => binance.subscriptions.length > before, "a subscription");
  for (const [symbol, openMs] of [
    ["BTCUSDT", nowMinuteMs - 2 * minuteMs],
    ["ETHUSDT", nowMinuteMs - 2 * minuteMs],
    ["BTCUSDT", nowMinuteMs - minuteMs],
  ] as const)
    binance.host.send(klineMessage(symbol, "1m", candleAt(openMs, minuteMs)));
  return watching;
}

test("bars are shown as they arrive, one line each, and the limit ends it", async () => {
  const { code, out, err } = await watch("--limit", "3");
  expect(code).toBe(0);
  expect(out.split("\n").map((line) => line.split("  ").slice(0, 2))).toEqual([
    [new Date(nowMinuteMs - minuteMs).toISOString().replace(".000Z", "Z"), "BTCUSDT"],
    [new Date(nowMinuteMs - minuteMs).toISOString().replace(".000Z", "Z"), "ETHUSDT"],
    [new Date(nowMinuteMs).toISOString().replace(".000Z", "Z"), "BTCUSDT"],
  ]);
  expect(err).toContain("live");
});

test("with --store the bars are kept, and programs get a line of JSON for each", async () => {
  const { code, out } = await watch("--limit", "3", "--store", "--json");
  expect(code).toBe(0);
  const lines = out
    .split("\n")
    .map((line) => JSON.parse(line) as { schema: string; symbol?: string; close?: number });
  expect(lines.filter(({ schema }) => schema === "data-watch-bar@1")).toHaveLength(3);
  expect(lines.some(({ schema }) => schema === "data-watch-state@1")).toBe(true);
  const list = JSON.parse((await runKiwi(folder, ["data", "list", "--json"])).out) as {
    series: readonly { symbol: string; bars: number; sources: readonly { source: string }[] }[];
  };
  expect(list.series).toMatchObject([
    { symbol: "BTCUSDT", bars: 2, sources: [{ source: "Binance" }] },
    { symbol: "ETHUSDT", bars: 1 },
  ]);
});

test("a symbol that the venue would confirm and never serve is refused with the nearest", async () => {
  const { code, err } = await runKiwi(folder, ["data", "watch", "BTCUSDT", "ETHUSTD", ...flags]);
  expect([code, err]).toEqual([4, expect.stringMatching(/SYMBOL_UNKNOWN.*ETHUSTD[\s\S]*"ETHUSDT"/)]);
});

test("a source without a stream says so", async () => {
  const { code, err } = await runKiwi(folder, ["data", "watch", "SYN1", "-t", "1h", "--source", "synthetic"]);
  expect([code, err]).toEqual([2, expect.stringContaining("TIMEFRAME_UNSUPPORTED  synthetic has no stream")]);
});
