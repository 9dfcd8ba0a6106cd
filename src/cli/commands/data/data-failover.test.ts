import { afterAll, expect, test } from "vitest";
import { startFakeBinance } from "../../../../test/fakes/fake-binance.ts";
import { startFakeBybit } from "../../../../test/fakes/fake-bybit.ts";
import { runKiwi, temporaryFolder } from "../../../../test/run-kiwi.ts";
import { systemClock } from "../../../adapters/system-clock.ts";

const { path: folder, remove } = temporaryFolder();
const dayMs = 86_400_000;
const listedMs = Math.floor(Date.now() / dayMs) * dayMs - 20 * dayMs;
const day = (days: number): string => new Date(listedMs + days * dayMs).toISOString().slice(0, 10);
const binance = await startFakeBinance(systemClock, listedMs);
const bybit = await startFakeBybit(systemClock, listedMs);
afterAll(async () => {
  await Promise.all([binance.host.close(), bybit.host.close()]);
  remove();
});

function download(symbol: string, source: string, ...more: readonly string[]) {
  const hosts = [
    ["--set", `providers.binance.baseUrl=${binance.host.url}`],
    ["--set", `providers.bybit.baseUrl=${bybit.host.url}`],
  ].flat();
  const range = ["-t", "1h", "--from", day(0), "--to", day(10), "--json"];
  return runKiwi(folder, ["data", "download", symbol, "--source", source, ...range, ...hosts, ...more]);
}

test("when the first source refuses, the second stands in for it, and that is said", async () => {
  const { host } = binance;
  const answer = host.answer;
  host.answer = () => ({
    status: 451,
    body: { code: 0, msg: "Service unavailable from a restricted location" },
  });
  const { code, out, err } = await download("ETHUSDT", "binance,bybit");
  host.answer = answer;
  expect([code, JSON.parse(out)]).toMatchObject([
    0,
    { ok: true, series: [{ symbol: "ETHUSDT", added: 239, error: null }] },
  ]);
  expect(err).toMatch(/Binance failed|switched +from Binance to Bybit/);
  const list = await runKiwi(folder, ["data", "list", "--json"]);
  expect(JSON.parse(list.out)).toMatchObject({
    series: [{ bars: 239, missingBars: 0, sources: [{ source: "Bybit" }] }],
  });
});

test("a source may write a symbol in its own way, and its bars are kept under ours", async () => {
  const mapped = ["--set", 'providers.binance.symbols={"BTC":"BTCUSDT"}'];
  const { code, out } = await download("BTC", "binance", ...mapped);
  expect([code, JSON.parse(out)]).toMatchObject([
    0,
    { source: "Binance", series: [{ symbol: "BTC", added: 239 }] },
  ]);
  expect((await runKiwi(folder, ["data", "check", "BTC"])).out).toMatch(/^BTC 1h\n +source +Binance$/m);
});
