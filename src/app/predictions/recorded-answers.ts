import type { BarTable } from "../../domain/bar-table.ts";
import type { PredictedRecord } from "../../ports/journal-store.ts";
import { AnswerTables } from "./answer-tables.ts";
import { neededBy, type ModelsPlan } from "./session-models.ts";

/** What models said, for a session that lives through a journal. */
export type RecordedAnswers = {
  /** Series for the session; they grow with what is taken. */
  readonly externals: readonly BarTable[];
  readonly take: (record: PredictedRecord) => void;
};

/** Tables for whatever a session reads of models. No model is opened or asked: what it says comes from the records of a journal. */
export function recordedAnswers(plan: Omit<ModelsPlan, "folder">): RecordedAnswers {
  const { symbols, timeframe } = plan;
  const answers = neededBy(plan).flatMap(({ model, outputs }) =>
    symbols.map((symbol) => new AnswerTables(model, outputs, { symbol, timeframe })),
  );
  return {
    externals: answers.flatMap(({ tables }) => tables),
    take(record) {
      for (const one of answers) one.take(record);
    },
  };
}
