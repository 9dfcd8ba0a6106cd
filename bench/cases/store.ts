import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { readCsv } from "../../src/adapters/sources/csv/read-csv.ts";
import { ParquetBarStore } from "../../src/adapters/stores/parquet/parquet-bar-store.ts";
import { Prng } from "../../src/base/prng.ts";
import { minuteMs } from "../../src/base/time.ts";
import { barsOf } from "../../src/domain/bars.ts";

// Five million minutes of one symbol, prices with two decimals: from a gzip CSV into Parquet files that are safe on the
// disk, back into typed arrays, a month of them (43,200 rows) from the middle, and one more bar at a time. Medians; the
// CSV file is made first and not counted.
const rows = 5_000_000;
const startMs = Date.UTC(2015, 0, 1);
const nowMs = Date.UTC(2026, 0, 1);
const folder = await mkdtemp(join(tmpdir(), "kiwi-bench-store-"));

async function median(runs: number, work: (run: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await work(run);
    times.push(performance.now() - start);
  }
  return times.toSorted((a, b) => a - b)[runs >> 1]!;
}

function* csvLines(): Generator<string> {
  const prng = new Prng(1);
  let open = 10_000;
  let text = "timestamp_ms_utc,open,high,low,close,volume\n";
  for (let row = 0; row < rows; row++) {
    const close = Math.max(1, open + Math.round(prng.normal() * 500) / 100);
    const [high, low] = [Math.max(open, close) + prng.next(), Math.min(open, close) - prng.next() * 0.5];
    const volume = (prng.next() * 1_000).toFixed(3);
    text += `${startMs + row * minuteMs},${open.toFixed(2)},${high.toFixed(2)},${low.toFixed(2)},${close.toFixed(2)},${volume}\n`;
    open = close;
    if (text.length < 1 << 20) continue;
    yield text;
    text = "";
  }
  yield text;
}

try {
  const csv = join(folder, "WALK-1m.csv.gz");
  await pipeline(Readable.from(csvLines()), createGzip({ level: 6 }), createWriteStream(csv));
  const importMs = await median(5, async (run) => {
    const store = new ParquetBarStore(join(folder, `import-${run}`));
    const { bars } = await readCsv(csv, { nowMs });
    await store.append("WALK", "1m", bars, { source: "csv", receivedAtMs: nowMs });
    await store.close();
  });
  const store = new ParquetBarStore(join(folder, "import-0"));
  const read = async (fromMs: number, toMs: number): Promise<number> =>
    (await store.read("WALK", "1m", fromMs, toMs)).length;
  const wholeMs = await median(9, async () => read(-Infinity, Infinity));
  const middleMs = startMs + (rows / 2) * minuteMs;
  const monthMs = await median(31, async () => read(middleMs, middleMs + 43_200 * minuteMs));
  const endMs = (await store.lastCloseMs("WALK", "1m"))!;
  const one = (value: number) => Float64Array.of(value);
  const appendMs = await median(31, async (run) => {
    const closeTimeMs = one(endMs + (run + 1) * minuteMs);
    const bar = barsOf("WALK", "1m", {
      closeTimeMs,
      open: one(1),
      high: one(1),
      low: one(1),
      close: one(1),
      volume: one(1),
    });
    await store.append("WALK", "1m", bar, { source: "csv", receivedAtMs: nowMs });
  });
  await store.close();
  console.log(
    JSON.stringify({
      storeImportRowsPerSecond: (rows / importMs) * 1_000,
      storeReadFiveMillionSeconds: wholeMs / 1_000,
      storeReadMonthMs: monthMs,
      storeAppendOneBarMs: appendMs,
    }),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
