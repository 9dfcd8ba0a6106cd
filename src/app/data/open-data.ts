import { join, resolve } from "node:path";
import { openCatalogue } from "../../adapters/stores/catalogue/bar-catalogue.ts";
import type { BarCatalogue } from "../../adapters/stores/catalogue/bar-catalogue.ts";
import { FetchedRangesFiles } from "../../adapters/stores/coverage/fetched-ranges-files.ts";
import { ParquetBarStore } from "../../adapters/stores/parquet/parquet-bar-store.ts";
import { KiwiError } from "../../base/errors.ts";
import type { FetchedRanges } from "../../ports/fetched-ranges.ts";
import { dataPathsOf, isDataFolder, makeDataFolder } from "./data-folder.ts";

/** The parts of a data folder, open. */
export type DataFolder = {
  readonly path: string;
  readonly store: ParquetBarStore;
  readonly catalogue: BarCatalogue;
  readonly ranges: FetchedRanges;
  /** Whether the store drops old bars as new ones come. */
  readonly isPruned: boolean;
  /** Waits for what is under way and lets go of everything. */
  readonly close: () => Promise<void>;
};

/**
 * Opens a data folder; with `isMade` it is made when it is not there. Throws `DATA_FOLDER_NONE`, `STORE_NEWER` and what
 * store and catalogue throw.
 */
export async function openData(path: string, isMade: boolean): Promise<DataFolder> {
  if (isMade) await makeDataFolder(path);
  else if (!(await isDataFolder(path))) throw noFolder(path);
  const paths = dataPathsOf(path);
  const catalogue = await openCatalogue(paths.catalogue);
  const store = openBars(path);
  return {
    path,
    store,
    catalogue,
    ranges: new FetchedRangesFiles(paths.fetched),
    isPruned: false,
    async close() {
      await store.close();
      await catalogue.close();
    },
  };
}

/** The bars of a data folder; what their errors tell people to type names the folder where it is not the usual one. */
export function openBars(path: string): ParquetBarStore {
  const isUsual = resolve(path).endsWith(join(".kiwi", "data"));
  const shown = /\s/.test(path) ? `"${path}"` : path;
  return new ParquetBarStore(dataPathsOf(path).bars, {
    repairFlags: isUsual ? "" : ` --data-folder ${shown}`,
  });
}

function noFolder(path: string): KiwiError {
  return new KiwiError({
    code: "DATA_FOLDER_NONE",
    exit: "data",
    message: `${path} is not a data folder`,
    why: "nothing was downloaded or imported there yet",
    fix: "kiwi data download BTCUSDT -t 1h --source binance   (--data-folder names another folder)",
    topic: "download",
  });
}
