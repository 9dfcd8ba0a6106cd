import type { CorporateAction } from "../../domain/corporate-action.ts";
import { badField, dayOf, readColumns } from "./read-columns.ts";

const topic = "actions";

/**
 * Reads splits and dividends: a CSV file `symbol,date,action,value`; `date` is the ex-date, `value` of a split the new
 * shares for one old (`2`, or `2:1`), of a dividend the cash for one share. Throws `COLUMNS_MISSING`, `FIELD_INVALID` and
 * what opening a file throws.
 */
export async function readActions(path: string): Promise<readonly CorporateAction[]> {
  const rows = await readColumns(path, { required: ["symbol", "date", "action", "value"], topic });
  return rows.map((row): CorporateAction => {
    const { symbol, date, action, value } = row.fields as Record<
      "symbol" | "date" | "action" | "value",
      string
    >;
    if (symbol === "") throw badField(path, row, "symbol", "a symbol", topic);
    const day = dayOf(date);
    if (Number.isNaN(day)) throw badField(path, row, "date", "a day like 2015-03-23", topic);
    const number = ratioOf(value);
    if (!(number > 0 && number < Infinity))
      throw badField(path, row, "value", "a number above 0, or 2:1 of a split", topic);
    if (action === "split") return { symbol, day, kind: "split", ratio: number };
    if (action === "dividend") return { symbol, day, kind: "dividend", amount: number };
    throw badField(path, row, "action", "split or dividend", topic);
  });
}

function ratioOf(text: string): number {
  const [, to, from] = /^([\d.]+)\s*[:/]\s*([\d.]+)$/.exec(text.trim()) ?? [];
  if (to !== undefined && from !== undefined) return Number(to) / Number(from);
  return text.trim() === "" ? Number.NaN : Number(text);
}
