import { access, constants } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openCatalogue } from "../../adapters/stores/catalogue/bar-catalogue.ts";
import type { BarCatalogue } from "../../adapters/stores/catalogue/bar-catalogue.ts";
import { FetchedRangesFiles } from "../../adapters/stores/coverage/fetched-ranges-files.ts";
import { CsvBarStore } from "../../adapters/stores/csv/csv-bar-store.ts";
import type { Repair } from "../../adapters/stores/parquet/repair-series.ts";
import { ParquetBarStore } from "../../adapters/stores/parquet/parquet-bar-store.ts";
import { KiwiError } from "../../base/errors.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { BarStore } from "../../ports/bar-store.ts";
import type { FetchedRanges } from "../../ports/fetched-ranges.ts";
import { dataPathsOf, isDataFolder, makeDataFolder, storeFormOf, type StoreForm } from "./data-folder.ts";

/** The parts of a data folder, open. */
export type DataFolder = {
  readonly path: string;
  readonly store: BarStore;
  readonly catalogue: BarCatalogue;
  readonly ranges: FetchedRanges;
  /** Whether the store drops old bars as new ones come. */
  readonly isPruned: boolean;
  /** Sets damaged files of a series aside. */
  readonly repairFiles: (symbol: string, timeframe: Timeframe) => Promise<Repair>;
  /** Waits for what is under way and lets go of everything. */
  readonly close: () => Promise<void>;
};

/** How a person wants bars to be kept; what is not said is as it is, or as usual. */
export type StoreWish = {
  readonly kind?: StoreForm["kind"] | undefined;
  readonly rowsMax?: number | undefined;
  /** Connection string of the catalogue; an SQLite file of the folder by default. */
  readonly catalogue?: string | undefined;
};

/**
 * Opens a data folder; with `isMade` it is made when it is not there. A folder that may only be read is read: what is
 * found out about its bars is then kept in memory. Throws `DATA_FOLDER_NONE`, `STORE_KIND_DIFFERS`, `STORE_NEWER` and
 * what store and catalogue throw.
 */
export async function openData(path: string, isMade: boolean, wish: StoreWish = {}): Promise<DataFolder> {
  const { kind = "parquet", rowsMax = null } = wish;
  if (isMade) await makeDataFolder(path, { kind, rowsMax });
  else if (!(await isDataFolder(path))) throw noFolder(path);
  const form = await storeFormOf(path);
  if (wish.kind !== undefined && wish.kind !== form.kind) throw kindDiffers(path, form.kind, wish.kind);
  const paths = dataPathsOf(path);
  const catalogue = await openCatalogue(wish.catalogue ?? (await catalogueAt(path, paths.catalogue)));
  const { store, repairFiles } = openStore(path, { ...form, rowsMax: wish.rowsMax ?? form.rowsMax });
  return {
    path,
    store,
    catalogue,
    ranges: new FetchedRangesFiles(paths.fetched),
    isPruned: (wish.rowsMax ?? form.rowsMax) !== null,
    repairFiles,
    async close() {
      await store.close();
      await catalogue.close();
    },
  };
}

async function catalogueAt(folder: string, file: string): Promise<string> {
  const isWritable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
  return isWritable ? file : ":memory:";
}

/** The bars of a data folder, in whatever form it keeps them. */
export async function openBars(path: string): Promise<BarStore> {
  return openStore(path, await storeFormOf(path)).store;
}

/** What errors tell people to type names the folder where it is not the usual one. */
function openStore(path: string, { kind, rowsMax }: StoreForm): Pick<DataFolder, "store" | "repairFiles"> {
  const root = dataPathsOf(path).bars;
  if (kind === "csv") {
    const store = new CsvBarStore(root, rowsMax === null ? {} : { rowsMax });
    // A file that people can open, people can mend: its errors name the line.
    const repairFiles = async (symbol: string, timeframe: Timeframe): Promise<Repair> => {
      const { length } = await store.read(symbol, timeframe, -Infinity, Infinity);
      return { bars: length, lost: [], isVerified: true };
    };
    return { store, repairFiles };
  }
  const isUsual = resolve(path).endsWith(join(".kiwi", "data"));
  const shown = /\s/.test(path) ? `"${path}"` : path;
  const store = new ParquetBarStore(root, { repairFlags: isUsual ? "" : ` --data-folder ${shown}` });
  return { store, repairFiles: async (symbol, timeframe) => store.repair(symbol, timeframe) };
}

function kindDiffers(path: string, found: string, wanted: string): KiwiError {
  return new KiwiError({
    code: "STORE_KIND_DIFFERS",
    exit: "config",
    message: `${path} keeps bars as ${found}, and store.kind asks for ${wanted}`,
    why: "the form of a data folder is chosen when it is made",
    fix: `leave store.kind out, or make another folder: --data-folder OTHER`,
    topic: "download",
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
