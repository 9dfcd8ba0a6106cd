import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ParquetBarStore } from "../../src/adapters/stores/parquet/parquet-bar-store.ts";
import { systemClock } from "../../src/adapters/system-clock.ts";
import { startFakeBinance } from "../fakes/fake-binance.ts";
import { runKiwi, type Outcome } from "../run-kiwi.ts";

const dayMs = 86_400_000;
const listedMs = Math.floor(Date.now() / dayMs) * dayMs - 40 * dayMs;
const symbol = "BTCUSDT";

/** A day after the venue listed everything, as people write it. */
export function day(days: number): string {
  return new Date(listedMs + days * dayMs).toISOString().slice(0, 10);
}

/** Close to prices, of what a data folder holds; null where it cannot be read. */
export type Holdings = ReadonlyMap<number, string> | null;

/** A venue, a data folder and the commands that people type. */
export async function dataLife() {
  const { host } = await startFakeBinance(systemClock, listedMs);
  const { answer } = host;
  const work = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "kiwi-life-"));
  const source = ["--source", "binance", "--set", `providers.binance.baseUrl=${host.url}`];
  const series = ["-t", "1h"];
  return {
    work,
    async close(): Promise<void> {
      await host.close();
      rmSync(work, { recursive: true, force: true });
    },
    /** Whether the venue answers at all. */
    isUp(isUp: boolean): void {
      host.answer = isUp ? answer : () => ({ status: 451, body: { code: 0, msg: "Service unavailable" } });
    },
    folder(name: string): string {
      const path = join(work, name);
      mkdirSync(path, { recursive: true });
      return path;
    },
    copy(from: string, name: string): string {
      const path = join(work, name);
      rmSync(path, { recursive: true, force: true });
      cpSync(from, path, { recursive: true });
      return path;
    },
    /** Puts the bars of an older copy back, and nothing else. */
    restoreBars(from: string, to: string): void {
      const bars = join(".kiwi", "data", "bars");
      rmSync(join(to, bars), { recursive: true, force: true });
      if (existsSync(join(from, bars))) cpSync(join(from, bars), join(to, bars), { recursive: true });
    },
    download: (folder: string, from: number, to: number): Promise<Outcome> =>
      runKiwi(folder, [
        "data",
        "download",
        symbol,
        ...series,
        "--from",
        day(from),
        "--to",
        day(to),
        ...source,
      ]),
    repair: (folder: string): Promise<Outcome> =>
      runKiwi(folder, ["data", "repair", symbol, ...series, ...source]),
    check: (folder: string): Promise<Outcome> => runKiwi(folder, ["data", "check", symbol]),
    compact: (folder: string): Promise<Outcome> => runKiwi(folder, ["data", "compact", symbol]),
    holdings,
    spoil,
  };
}

async function holdings(folder: string): Promise<Holdings> {
  const store = new ParquetBarStore(join(folder, ".kiwi", "data", "bars"));
  try {
    const { length, closeTimeMs, open, high, low, close, volume } = await store.read(
      symbol,
      "1h",
      -Infinity,
      Infinity,
    );
    const rowText = (row: number): string =>
      [open, high, low, close, volume].map((column) => column[row]).join();
    return new Map(Array.from({ length }, (_, row) => [closeTimeMs[row]!, rowText(row)]));
  } catch {
    return null;
  } finally {
    await store.close();
  }
}

/** Flips a bit in the middle of one of the files of bars; false where there is none. */
function spoil(folder: string, choice: number): boolean {
  const path = join(folder, ".kiwi", "data", "bars", symbol, "1h");
  if (!existsSync(path)) return false;
  const files = readdirSync(path).filter((name) => name.endsWith(".parquet"));
  if (files.length === 0) return false;
  const sorted = files.toSorted();
  const file = join(path, sorted[choice % sorted.length]!);
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1]! ^= 4;
  writeFileSync(file, bytes);
  return true;
}
