import { join } from "node:path";
import { csvText, type CsvValue } from "../../analysis/report/csv-text.ts";
import { writeParquetTable } from "../../adapters/stores/parquet/write-table.ts";
import { writeWhole } from "../../adapters/stores/runs/write-whole.ts";
import type { SearchDocument } from "./search-document.ts";
import type { SearchPlan, SearchTable } from "./run-search.ts";
import { searchHtml } from "./search-html.ts";

/** Writes what a search found beside its table; returns the paths by name. */
export async function writeSearch(
  folder: string,
  document: SearchDocument,
  table: SearchTable,
  plan: SearchPlan,
  formats: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const paths: Record<string, string> = { trials: join(folder, "trials.jsonl") };
  const write = (name: string, file: string, text: string): void => {
    paths[name] = join(folder, file);
    writeWhole(paths[name], text);
  };
  write("json", "result.json", `${JSON.stringify(document, null, 2)}\n`);
  const { header, cells } = trialTable(plan, table);
  if (formats.includes("html")) write("html", "report.html", searchHtml(document, table.rows));
  if (formats.includes("parquet")) {
    paths["parquet"] = join(folder, "trials.parquet");
    await writeParquetTable(paths["parquet"], header, cells);
  }
  if (formats.includes("csv")) write("csv", "trials.csv", csvText(header, cells));
  return paths;
}

/** The table of trials as columns: what varied, then what came of it. */
export function trialTable(
  { space }: Pick<SearchPlan, "space">,
  { rows, stopped }: SearchTable,
): { readonly header: readonly string[]; readonly cells: readonly (readonly CsvValue[])[] } {
  const names = space.dimensions.map(({ name }) => name);
  const keys = [...new Set(rows.flatMap(({ inSample }) => Object.keys(inSample)))].sort();
  const hasRest = rows.some(({ outOfSample }) => outOfSample !== null);
  const header = [
    "trial",
    ...names,
    "share",
    "status",
    "value",
    ...keys,
    ...(hasRest ? keys.map((key) => `${key}OutOfSample`) : []),
    "why",
    ...(stopped.size > 0 ? ["stopped"] : []),
  ];
  const cells = rows.map(({ trial, share, setting, status, value, why, inSample, outOfSample }) => [
    trial,
    ...names.map((name) => textOf(setting[name]!)),
    share,
    status,
    value,
    ...keys.map((key) => inSample[key] ?? null),
    ...(hasRest ? keys.map((key) => outOfSample?.[key] ?? null) : []),
    why ?? "",
    ...(stopped.size > 0 ? [stopped.get(trial) ?? ""] : []),
  ]);
  return { header, cells };
}

function textOf(value: number | boolean | string): CsvValue {
  return typeof value === "boolean" ? String(value) : value;
}
