import { writeSync } from "node:fs";
import { join } from "node:path";
import { binanceSource } from "../src/adapters/sources/binance/binance-source.ts";
import { FetchedRangesFiles } from "../src/adapters/stores/coverage/fetched-ranges-files.ts";
import { ParquetBarStore } from "../src/adapters/stores/parquet/parquet-bar-store.ts";
import { systemClock } from "../src/adapters/system-clock.ts";
import { Prng } from "../src/base/prng.ts";
import { minuteMs } from "../src/base/time.ts";
import { DataPipeline } from "../src/data/pipeline/data-pipeline.ts";

/** Bars that one call fetches: a venue answers with at most 1,000 at a time. */
const callBars = 5_000;

// A process to be killed: downloads minutes until it is told that there is no more, and says what is safe.
const [folder, baseUrl, nowText, fromText, toText] = process.argv.slice(2);
const nowMs = Number(nowText);
const clock = { ...systemClock, nowMs: () => nowMs };
const source = await binanceSource({ clock, prng: new Prng(1), baseUrl: baseUrl! });
const store = new ParquetBarStore(join(folder!, "bars"), { blockRows: 20_000 });
const ranges = new FetchedRangesFiles(join(folder!, "coverage"));
const pipeline = new DataPipeline({ source, store, ranges, clock, chunkRows: 1_000 });
// Straight to the pipe: what is buffered in the process would die with it.
writeSync(1, "ready\n");
for (let fromMs = Number(fromText); fromMs < Number(toText); fromMs += callBars * minuteMs) {
  const toMs = Math.min(Number(toText), fromMs + callBars * minuteMs);
  await pipeline.fetchAndStore({
    symbol: "BTCUSDT",
    timeframe: "1m",
    fromMs,
    toMs,
    onProgress: ({ doneMs, bars }) => bars > 0 && writeSync(1, `${fromMs + doneMs}\n`),
  });
}
writeSync(1, "done\n");
await source.close();
await store.close();
