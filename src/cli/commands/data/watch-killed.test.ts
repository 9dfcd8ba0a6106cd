import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { candleAt } from "../../../../test/fakes/fake-candles.ts";
import { klineMessage, startFakeBinance } from "../../../../test/fakes/fake-binance.ts";
import { runKiwi, temporaryFolder } from "../../../../test/run-kiwi.ts";
import { ParquetBarStore } from "../../../adapters/stores/parquet/parquet-bar-store.ts";
import { systemClock } from "../../../adapters/system-clock.ts";

// The program that watches and keeps, as a shell starts it, killed again and again while a venue sends a bar a second and
// leaves every fourth out. What the venue had is held or told to be missing, and the next download fetches what is missing.

const program = join(import.meta.dirname, "..", "..", "..", "..", "bin", "kiwi.js");
const secondMs = 1000;
const listedMs = Math.floor(Date.now() / secondMs) * secondMs - 3600 * secondMs;
const binance = await startFakeBinance(systemClock, listedMs);
const { path: folder, remove } = temporaryFolder();
let sentMs = Math.floor(Date.now() / secondMs) * secondMs;
const sending = setInterval(() => {
  for (; sentMs + secondMs <= Date.now(); sentMs += secondMs)
    if ((sentMs / secondMs) % 4 !== 2)
      binance.host.send(klineMessage("BTCUSDT", "1s", candleAt(sentMs, secondMs)));
}, 50);
afterAll(async () => {
  clearInterval(sending);
  await binance.host.close();
  remove();
});
const flags = [
  ["BTCUSDT", "-t", "1s", "--source", "binance", "--data-folder", "watched"],
  ["--set", `providers.binance.baseUrl=${binance.host.url}`],
  ["--set", `providers.binance.wsUrl=${binance.host.wsUrl}`],
].flat();

/** Closes between the first and the newest bar held, and those among them that are neither held nor told. */
async function looked(): Promise<{
  readonly held: number;
  readonly expected: number;
  readonly untold: readonly string[];
}> {
  const store = new ParquetBarStore(join(folder, "watched", "bars"));
  try {
    const { closeTimeMs, length } = await store.read("BTCUSDT", "1s", -Infinity, Infinity);
    const missing = await store.missingOf("BTCUSDT", "1s");
    const held = new Set(closeTimeMs.subarray(0, length));
    const [firstMs, lastMs] = [closeTimeMs[0] ?? 0, closeTimeMs[length - 1] ?? -1];
    const all = Array.from({ length: (lastMs - firstMs) / secondMs + 1 }, (_, k) => firstMs + k * secondMs);
    const untold = all
      .filter((closeMs) => !held.has(closeMs))
      .filter((closeMs) => !missing.some(({ fromMs, toMs }) => closeMs >= fromMs && closeMs < toMs));
    return {
      held: length,
      expected: all.length,
      untold: untold.map((closeMs) => new Date(closeMs).toISOString()),
    };
  } finally {
    await store.close();
  }
}

test("a watch that is killed at any moment loses nothing without a word", async () => {
  for (const [bars, laterMs] of [
    [2, 0],
    [5, 130],
  ] as const) {
    const child = spawn(process.execPath, [program, "data", "watch", ...flags, "--store", "--json"], {
      cwd: folder,
    });
    let out = "";
    child.stdout.on("data", (text: Buffer) => (out += text.toString()));
    const ended = new Promise((resolve) => child.once("exit", resolve));
    while (out.split("data-watch-bar@1").length <= bars) await sleep(20);
    await sleep(laterMs);
    child.kill("SIGKILL");
    await ended;
    expect((await looked()).untold, out).toEqual([]);
  }
  // A bar that has closed a moment ago may not be asked for yet: it would be told as missing, and truly.
  await sleep(3 * secondMs);
  const { code, err } = await runKiwi(folder, ["data", "download", ...flags]);
  expect(code, err).toBe(0);
  const { held, expected, untold } = await looked();
  expect([held, untold]).toEqual([expected, []]);
  expect(held).toBeGreaterThan(10);
});
