import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { storeNewer, writeFault } from "../../adapters/stores/bars/bar-store-errors.ts";
import { replaceFile } from "../../adapters/stores/bars/durable-files.ts";

/** The form of a data folder. A later Kiwi that changes it counts up. */
const folderFormat = 1;
const markerName = "kiwi-data.json";

/** Where the parts of a data folder are. */
export type DataPaths = {
  /** The Parquet store: the truth. */
  readonly bars: string;
  /** What it holds, in a database; made anew from the bars when it is lost. */
  readonly catalogue: string;
  /** Which ranges were fetched; losing it costs another fetch and nothing else. */
  readonly fetched: string;
  /** News, in a database; made when the first are fetched. */
  readonly news: string;
};

/** The parts of the data folder at a path. */
export function dataPathsOf(folder: string): DataPaths {
  return {
    bars: join(folder, "bars"),
    catalogue: join(folder, "catalogue.sqlite"),
    fetched: join(folder, "fetched"),
    news: join(folder, "news.sqlite"),
  };
}

/** Whether a path is a data folder of Kiwi's. Throws `STORE_NEWER` for one that a later Kiwi made. */
export async function isDataFolder(path: string): Promise<boolean> {
  const text = await readFile(join(path, markerName), "utf8").catch(() => null);
  if (text === null) return false;
  const format = Number(/"format":\s*(\d+)/.exec(text)?.[1] ?? 0);
  if (format > folderFormat) throw storeNewer(path, format, folderFormat);
  return true;
}

/** Makes a data folder, or finds it made. Throws `STORE_NEWER`, `DISK_FULL` and `STORE_NOT_WRITABLE`. */
export async function makeDataFolder(path: string): Promise<void> {
  if (await isDataFolder(path)) return;
  try {
    await mkdir(path, { recursive: true });
    await replaceFile(join(path, markerName), [`${JSON.stringify({ format: folderFormat })}\n`]);
  } catch (cause) {
    // Two programs that begin at the same time: the other one has made it.
    if (await isDataFolder(path)) return;
    throw writeFault(path, cause);
  }
}
