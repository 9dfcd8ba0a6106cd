import type { ModelSearchResult } from "../../app/train/search/search-model.ts";
import { table } from "./table.ts";

const right = { align: "right" } as const;
const measures = ["logLoss", "brier", "accuracy", "auc", "ece"] as const;

/** The best trials of a search over a model's settings. */
export function modelSearchText({ summary, best, path }: ModelSearchResult): string {
  const names = Object.keys(best[0]?.setting ?? {});
  const rows = best.map(({ trial, setting, inSample }) => [
    String(trial),
    ...names.map((name) => String(setting[name])),
    ...measures.map((measure) => inSample[measure]?.toFixed(4) ?? "n/a"),
  ]);
  const head = `search: ${summary}; on bars before those that the model is judged on`;
  const columns = ["trial", ...names, "log loss", "Brier", "accuracy", "AUC", "ECE"].map((title) => ({
    title,
    ...right,
  }));
  return `${head}\n${table(columns, rows)}\nall trials  ${path}`;
}
