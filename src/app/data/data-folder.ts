import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { storeNewer, writeFault } from "../../adapters/stores/bars/bar-store-errors.ts";
import { replaceFile } from "../../adapters/stores/bars/durable-files.ts";

/** The form of a data folder. A later Kiwi that changes it counts up. */
const folderFormat = 2;
const markerName = "kiwi-data.json";

/** How a data folder keeps bars: in Parquet files, or in CSV files, of which old rows may be dropped. */
export type StoreForm = { readonly kind: "parquet" | "csv"; readonly rowsMax: number | null };

const usualForm: StoreForm = { kind: "parquet", rowsMax: null };

/** Where the parts of a data folder are. */
export type DataPaths = {
  /** The store: the truth. */
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

/** How the data folder at a path keeps bars. */
export async function storeFormOf(path: string): Promise<StoreForm> {
  const text = await readFile(join(path, markerName), "utf8").catch(() => "");
  const kind = /"store":\s*"csv"/.test(text) ? "csv" : "parquet";
  const rowsMax = /"rowsMax":\s*(\d+)/.exec(text)?.[1];
  return { kind, rowsMax: rowsMax === undefined ? null : Number(rowsMax) };
}

/** Makes a data folder that keeps bars in a form, or finds it made, in whatever form. Throws `STORE_NEWER`, `DISK_FULL` and `STORE_NOT_WRITABLE`. */
export async function makeDataFolder(path: string, form: StoreForm = usualForm): Promise<void> {
  if (await isDataFolder(path)) return;
  try {
    await mkdir(path, { recursive: true });
    await replaceFile(join(path, markerName), [`${JSON.stringify(markerOf(form))}\n`]);
  } catch (cause) {
    // Two programs that begin at the same time: the other one has made it.
    if (await isDataFolder(path)) return;
    throw writeFault(path, cause);
  }
}

/** A later Kiwi than the first that knows the form is needed to read one that is not the usual. */
function markerOf({ kind, rowsMax }: StoreForm): Readonly<Record<string, unknown>> {
  if (kind === "parquet") return { format: 1 };
  return { format: folderFormat, store: kind, ...(rowsMax === null ? {} : { rowsMax }) };
}
