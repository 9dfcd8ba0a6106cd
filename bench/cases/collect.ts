import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCsv } from "../../src/adapters/sources/csv/read-csv.ts";
import { ParquetBarStore } from "../../src/adapters/stores/parquet/parquet-bar-store.ts";
import { FeatureStore } from "../../src/app/features/feature-store.ts";
import { mapConcurrently } from "../../src/base/map-concurrently.ts";
import { validateBars } from "../../src/data/validation/validate-bars.ts";
import { calendarNamed } from "../../src/domain/calendar/calendar-named.ts";
import { detectCalendarName } from "../../src/domain/calendar/detect-calendar-name.ts";
import { mediumFeatures } from "../../src/features/medium.ts";

// Real symbols from their files to their features: read, kept in Parquet, read back, looked over, and the medium feature
// set computed and kept. 620 symbols (493 daily US shares, 127 hourly crypto pairs), and 3 and 50 of them.
const shared = join(import.meta.dirname, "../../../shared/data");
const nowMs = Date.UTC(2026, 0, 1);

function filesOf(folder: string, ending: string): readonly string[] {
  return readdirSync(join(shared, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => join(shared, folder, name));
}

async function collect(
  files: readonly string[],
): Promise<{ seconds: number; findings: number; rows: number }> {
  const folder = await mkdtemp(join(tmpdir(), "kiwi-bench-collect-"));
  const store = new ParquetBarStore(join(folder, "bars"));
  const features = new FeatureStore({
    folder: join(folder, "features"),
    warn: (text) => console.error(text),
  });
  const start = performance.now();
  let findings = 0;
  let rows = 0;
  await mapConcurrently(files, 4, async (file) => {
    const { bars: read } = await readCsv(file, { nowMs });
    await store.append(read.symbol, read.timeframe, read, { source: "csv", receivedAtMs: nowMs });
    const bars = await store.read(read.symbol, read.timeframe, -Infinity, Infinity);
    const calendar = calendarNamed(detectCalendarName(bars));
    findings += validateBars(bars, calendar).findings.length;
    await features.computeAndStore(mediumFeatures, bars, calendar);
    rows += bars.length;
  });
  const seconds = (performance.now() - start) / 1_000;
  await store.close();
  await rm(folder, { recursive: true, force: true });
  return { seconds, findings, rows };
}

if (existsSync(shared)) {
  const files = [...filesOf("equity/sp500", ".csv.gz"), ...filesOf("crypto", "-1h.csv.gz")];
  const mixed = (count: number) =>
    Array.from({ length: count }, (_, k) => files[Math.floor((k * files.length) / count)]!);
  const [three, fifty, all] = [await collect(mixed(3)), await collect(mixed(50)), await collect(files)];
  console.error(`${files.length} symbols, ${all.rows} bars, ${all.findings} kinds of findings`);
  console.log(
    JSON.stringify({
      collect3SymbolsSeconds: three.seconds,
      collect50SymbolsSeconds: fifty.seconds,
      collect620SymbolsSeconds: all.seconds,
      collect620MemoryMb: process.resourceUsage().maxRSS / 1_024,
    }),
  );
} else console.log("{}");
