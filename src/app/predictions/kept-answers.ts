import type { JournalRecord, PredictedRecord } from "../../ports/journal-store.ts";

type Source = Pick<PredictedRecord, "model" | "fingerprint" | "symbol" | "outputs">;

/** What models said in an earlier session: whoever starts again says the same of the same bars, to the last bit. */
export class KeptAnswers {
  private readonly bySource = new Map<string, Map<number, readonly number[]>>();

  /** Takes the predictions among the records of a journal. */
  constructor(records: Iterable<JournalRecord>) {
    for (const record of records) if (record.kind === "predicted") this.add(record);
  }

  /** What this very model said of the bar that closed at `timeMs`: the close, then one number per output. */
  of(source: Source, timeMs: number): readonly number[] | undefined {
    return this.bySource.get(keyOf(source))?.get(timeMs);
  }

  private add(record: PredictedRecord): void {
    const key = keyOf(record);
    const rows = this.bySource.get(key) ?? new Map<number, readonly number[]>();
    this.bySource.set(key, rows);
    // The first word stands.
    for (const row of record.rows) if (!rows.has(row[0]!)) rows.set(row[0]!, row);
  }
}

function keyOf({ model, fingerprint, symbol, outputs }: Source): string {
  return [model, fingerprint, symbol, ...outputs].join("\n");
}
