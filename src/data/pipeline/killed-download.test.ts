import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { withFolder } from "../../../test/bar-store-contract.ts";
import { startFakeBinance } from "../../../test/fakes/fake-binance.ts";
import { candleAt } from "../../../test/fakes/fake-candles.ts";
import { ManualClock } from "../../../test/fakes/manual-clock.ts";
import { FetchedRangesFiles } from "../../adapters/stores/coverage/fetched-ranges-files.ts";
import { ParquetBarStore } from "../../adapters/stores/parquet/parquet-bar-store.ts";
import { Prng } from "../../base/prng.ts";
import { minuteMs } from "../../base/time.ts";

/** Each costs more than half a second of processor time: `npm run prove disk` takes the time for more of them. */
const isWhole = process.env["KIWI_PROVE"] === "1";
const kills = isWhole ? 200 : 16;
/** Downloads that are killed side by side: starting a process takes longer than its life. */
const lanes = 2;
const fromMs = Date.parse("2024-01-01T00:01:00Z");
/** So many that no life comes to the end of them. */
const toMs = fromMs + kills * 3_000 * minuteMs;
const nowMs = toMs + 30 * 86_400_000;

function startDownload(folder: string, url: string, cache: string, untilMs = toMs) {
  const script = join(import.meta.dirname, "..", "..", "..", "test", "data-pipeline-downloader.ts");
  const child = spawn(process.execPath, [script, folder, url, `${nowMs}`, `${fromMs}`, `${untilMs}`], {
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  });
  let output = "";
  let errors = "";
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  const lines = (): readonly string[] => output.split("\n").slice(0, -1);
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  child.stdout.on("data", (data: Buffer) => {
    output += data.toString();
    for (const { count, resolve } of waiting) if (lines().length >= count) resolve();
  });
  const ended = new Promise<string>((resolve) => child.once("close", () => resolve(errors)));
  return {
    child,
    ended,
    /** Resolves when the process has said so many lines, or has ended. */
    said: (count: number) =>
      Promise.race([new Promise<void>((resolve) => waiting.push({ count, resolve })), ended]),
    safeMs: () => Math.max(fromMs, ...lines().slice(1).map(Number)),
  };
}

const startVenue = () => startFakeBinance(new ManualClock(nowMs), fromMs - 60 * minuteMs);

/** Lets a download end in peace, so that those to be killed find their code compiled: that halves their start. */
async function warmUp(cache: string): Promise<void> {
  const { host } = await startVenue();
  await withFolder(async (folder) => {
    expect(await startDownload(folder, host.url, cache, fromMs + 10 * minuteMs).ended).toBe("");
  });
  await host.close();
}

/** Kills a download again and again; returns in how many lives it came further. */
async function killAgainAndAgain(folder: string, lane: number, cache: string): Promise<number> {
  const prng = new Prng(20240801 + lane);
  const { host } = await startVenue();
  const store = new ParquetBarStore(join(folder, "bars"));
  let lives = 0;
  let safeMs = fromMs;
  for (let kill = 0; kill < kills / lanes; kill++) {
    host.requests.length = 0;
    const download = startDownload(folder, host.url, cache);
    // Every second life is long enough to come further: the first bars are safe. The others end on the way there.
    await download.said(kill % 2 === 0 ? 2 : 1);
    await sleep(prng.next() * (kill % 2 === 0 ? 60 : 150));
    download.child.kill("SIGKILL");
    expect(await download.ended).toBe("");
    const startsMs = host.requests.map(({ query }) => Number(query.get("startTime")));
    expect(Math.min(Infinity, ...startsMs), "nothing is fetched twice").toBeGreaterThanOrEqual(
      safeMs - minuteMs,
    );
    const coveredMs = await coveredIn(folder);
    expect(coveredMs, "what was said to be safe is remembered").toBeGreaterThanOrEqual(download.safeMs());
    const heldMs = (await store.lastCloseMs("BTCUSDT", "1m")) ?? fromMs;
    expect(heldMs, "what is remembered is held").toBeGreaterThanOrEqual(coveredMs - minuteMs);
    if (coveredMs > safeMs) lives += 1;
    safeMs = coveredMs;
  }
  await expectVenueBars(store);
  await store.close();
  await host.close();
  return lives;
}

/** Until when the one range reaches that is remembered as fetched. */
async function coveredIn(folder: string): Promise<number> {
  const ranges = await new FetchedRangesFiles(join(folder, "coverage")).of("Binance", "BTCUSDT", "1m");
  const toMs = ranges.at(-1)?.toMs ?? fromMs;
  expect(ranges).toEqual(
    toMs === fromMs ? [] : [{ fromMs, toMs, bars: Math.ceil((toMs - fromMs) / minuteMs), firstMs: fromMs }],
  );
  return toMs;
}

async function expectVenueBars(store: ParquetBarStore): Promise<void> {
  const bars = await store.read("BTCUSDT", "1m", -Infinity, Infinity);
  expect(bars.length).toBe((bars.closeTimeMs.at(-1)! - fromMs) / minuteMs + 1);
  bars.closeTimeMs.forEach((closeMs, row) => {
    const candle = candleAt(fromMs - minuteMs + row * minuteMs, minuteMs);
    const isRight =
      closeMs === fromMs + row * minuteMs &&
      bars.open[row] === Number(candle.open) &&
      bars.close[row] === Number(candle.close) &&
      bars.volume[row] === Number(candle.volume) &&
      bars.version[row] === 1;
    if (!isRight) expect.unreachable(`the bar in row ${row} is not the venue's`);
  });
  expect(await store.list()).toMatchObject([{ bars: bars.length, versions: bars.length }]);
}

test(
  `a download killed at ${kills} random moments goes on where it was: no gap, no bar doubled or fetched twice`,
  async () => {
    await withFolder(async (cache) => {
      await warmUp(cache);
      const lives = await Promise.all(
        Array.from({ length: lanes }, (_, lane) =>
          withFolder((folder) => killAgainAndAgain(folder, lane, cache)),
        ),
      );
      expect(lives.reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(kills / 2);
    });
    // Starting a process takes ten times as long on a machine with much else to do.
  },
  isWhole ? 3_600_000 : 240_000,
);
