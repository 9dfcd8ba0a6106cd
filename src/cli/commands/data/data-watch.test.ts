import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { candleAt } from "../../../../test/fakes/fake-candles.ts";
import { klineMessage, startFakeBinance } from "../../../../test/fakes/fake-binance.ts";
import { until } from "../../../../test/fakes/manual-clock.ts";
import { runKiwi, temporaryFolder } from "../../../../test/run-kiwi.ts";
import { systemClock } from "../../../adapters/system-clock.ts";

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
    { symbol: "BTCUSDT", sources: [{ source: "Binance" }] },
    { symbol: "ETHUSDT", sources: [{ source: "Binance" }] },
  ]);
  expect(list.series[0]!.bars).toBeGreaterThanOrEqual(2);
});

test("a venue without history ends no watch; what is missing since the last held bar is told and fetched later", async () => {
  const elsewhere = ["--data-folder", "outage"];
  const day = new Date(nowMinuteMs - 100 * minuteMs).toISOString().slice(0, 16);
  const until = new Date(nowMinuteMs - 50 * minuteMs).toISOString().slice(0, 16);
  const range = ["--from", day, "--to", until];
  const words = ["data", "download", "BTCUSDT", "ETHUSDT"];
  const first = await runKiwi(folder, [...words, ...flags, ...range, ...elsewhere]);
  expect([first.code, first.err]).toEqual([0, ""]);
  const { answer } = binance.host;
  binance.host.answer = () => ({ status: 451, body: { code: 0, msg: "Service unavailable" } });
  const { code, err } = await watch("--limit", "3", "--store", ...elsewhere);
  binance.host.answer = answer;
  expect([code, err]).toEqual([0, expect.stringContaining("missing: BTCUSDT")]);
  const check = await runKiwi(folder, ["data", "check", ...elsewhere]);
  expect([check.code, check.out]).toEqual([5, expect.stringContaining("lost or missed")]);
  expect((await runKiwi(folder, ["data", "download", ...flags, ...elsewhere])).code).toBe(0);
  const { out } = await runKiwi(folder, ["data", "check", "--json", ...elsewhere]);
  expect(JSON.parse(out)).toMatchObject({ ok: true, held: { series: [{ damage: null }, { damage: null }] } });
  const [one] = (
    JSON.parse((await runKiwi(folder, ["data", "list", "--json", ...elsewhere])).out) as {
      series: readonly { missingBars: number; bars: number }[];
    }
  ).series;
  expect(one).toMatchObject({ missingBars: 0 });
  expect(one!.bars).toBeGreaterThanOrEqual(100);
});

test("bars of another source are not mixed into a series by watching either", async () => {
  const elsewhere = ["--data-folder", "mixed"];
  const csv = join(folder, "BTCUSDT-1m.csv");
  const rows = [3, 2].map((ago) => `${nowMinuteMs - ago * minuteMs},100,101,99,100,5`);
  writeFileSync(csv, ["timestamp,open,high,low,close,volume", ...rows].join("\n"));
  await runKiwi(folder, ["data", "import", csv, ...elsewhere]);
  const words = ["data", "watch", "BTCUSDT", "--store"];
  const { code, err } = await runKiwi(folder, [...words, ...flags, ...elsewhere]);
  expect([code, err]).toEqual([7, expect.stringContaining("SOURCE_DIFFERS  BTCUSDT 1m is held from csv")]);
});

test("a symbol that the venue would confirm and never serve is refused with the nearest", async () => {
  const { code, err } = await runKiwi(folder, ["data", "watch", "BTCUSDT", "ETHUSTD", ...flags]);
  expect([code, err]).toEqual([4, expect.stringMatching(/SYMBOL_UNKNOWN.*ETHUSTD[\s\S]*"ETHUSDT"/)]);
});

test("a source without a stream says so", async () => {
  const { code, err } = await runKiwi(folder, ["data", "watch", "SYN1", "-t", "1h", "--source", "synthetic"]);
  expect([code, err]).toEqual([2, expect.stringContaining("TIMEFRAME_UNSUPPORTED  synthetic has no stream")]);
});
