import { BarTable } from "../../domain/bar-table.ts";
import type { Bars } from "../../domain/bars.ts";
import { predictionName } from "../../domain/external-series.ts";
import type { PredictedRecord } from "../../ports/journal-store.ts";

/** What a model says about one symbol, one table for each answer, as strategies read them. Rows are added and never changed. */
export class AnswerTables {
  readonly tables: readonly BarTable[];
  /** Close of the last bar that something was said about. */
  throughMs = -Infinity;
  private readonly model: string;
  private readonly symbol: string;
  private readonly outputs: string;

  constructor(
    model: string,
    outputs: readonly string[],
    { symbol, timeframe }: Pick<Bars, "symbol" | "timeframe">,
    capacity = 64,
  ) {
    this.model = model;
    this.symbol = symbol;
    this.outputs = outputs.join();
    this.tables = outputs.map(
      (output) => new BarTable(predictionName({ model, output, symbol }), timeframe, capacity),
    );
  }

  /** Whether a row would add anything. `values`: the close of the bar, then one number per output. */
  mayTake(values: readonly number[]): boolean {
    return values[0]! > this.throughMs && this.tables.some((table, k) => adds(table, values[k + 1]!));
  }

  /** Adds a row that `mayTake` took. */
  append(values: readonly number[]): void {
    const timeMs = values[0]!;
    for (const [k, table] of this.tables.entries()) {
      const value = values[k + 1]!;
      if (adds(table, value)) table.append(timeMs, value, value, value, value, 0);
    }
    this.throughMs = timeMs;
  }

  /** Adds the rows of a record that speaks of this model, symbol and answers. */
  take(record: PredictedRecord): void {
    const isOurs = record.model === this.model && record.symbol === this.symbol;
    if (!isOurs || record.outputs.join() !== this.outputs) return;
    for (const values of record.rows) if (this.mayTake(values)) this.append(values);
  }
}

/** A table begins with its first answer: what comes before it is warm-up. */
function adds(table: BarTable, value: number): boolean {
  return table.length > 0 || !Number.isNaN(value);
}
