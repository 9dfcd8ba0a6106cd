import { assert } from "../../base/assert.ts";
import { KiwiError } from "../../base/errors.ts";
import type { BarTable } from "../../domain/bar-table.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { barSeries, timeframeFrame } from "../../domain/expression.ts";
import { horizonOutput } from "../../domain/external-series.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";
import { grow } from "../../engine/columns/fold.ts";
import type { Frame } from "../../engine/columns/frame.ts";
import type { PredictedRecord } from "../../ports/journal-store.ts";
import type { Model } from "../../ports/model.ts";
import { FeatureColumns } from "../features/feature-columns.ts";
import type { Ground } from "../session/backtest-setup.ts";
import { rowsBefore } from "../train/model-bars.ts";
import { AnswerTables } from "./answer-tables.ts";
import type { KeptAnswers } from "./kept-answers.ts";

/** A row about which a model says one thing when later rows are there, and another when they are not. */
export type Contradiction = {
  readonly name: string;
  readonly timeMs: number;
  readonly given: number;
  readonly alone: number;
};

type Begin = "first row" | "last row";

/** How a stage begins, and who hears what it says. */
export type StageOptions = {
  /** `last row` leaves out all rows but the newest. */
  readonly begin?: Begin;
  /** What was said of some rows before, by this model: it is said again. */
  readonly kept?: KeptAnswers;
  /** Hears answers before anybody can read them. */
  readonly onAnswers?: (record: PredictedRecord) => void;
};

/** Where a model works. */
type Place = { readonly bars: Bars; readonly calendar: Calendar; readonly frame: Frame | null };

/** A model, the name that strategies call it by, and the answers they read. */
export type WantedModel = {
  readonly name: string;
  readonly model: Model;
  readonly outputs: readonly string[];
};

/**
 * Asks models about bars as they close, and appends their answers to tables that strategies read like any other series: all rows
 * of history at once, or one row per live bar, through the same lines. A model gives no answer about bars at or before the end of
 * what it learned from.
 */
export class PredictionStage {
  /** One table for each model, answer and symbol. They grow with every `catchUp`. */
  readonly tables: readonly BarTable[];
  private readonly desks: readonly Desk[];

  /** `ground` has bars and columns of the run; a live ground grows. */
  constructor(models: readonly WantedModel[], ground: Ground, options: StageOptions = {}) {
    this.desks = models.flatMap((wanted) =>
      ground.stores
        .map(({ bars }, index) => ({
          bars,
          calendar: ground.calendars[index]!,
          frame: ground.frames?.[index] ?? null,
        }))
        .filter(({ bars }) => isFor(wanted.model, bars))
        .map((place) => new Desk(wanted, place, options)),
    );
    this.tables = this.desks.flatMap((desk) => desk.answers.tables);
  }

  /** Takes what was said when a journal was written: nobody is asked about those bars again. */
  take(record: PredictedRecord): void {
    for (const { answers } of this.desks) answers.take(record);
  }

  /** Asks about every bar that closed since the last time. */
  async catchUp(): Promise<void> {
    for (const desk of this.desks) await desk.catchUp();
  }

  /** The first of some rows, spread over all, whose answer is another when it is asked for alone; null where there is none. */
  async contradiction(rows: number): Promise<Contradiction | null> {
    for (const desk of this.desks) {
      const found = await desk.contradiction(rows);
      if (found !== null) return found;
    }
    return null;
  }
}

/** The last close time about which a model must not be asked: it has seen the bars until then, or their outcome. */
export function blindThroughMs({ trainedThroughMs, horizonBars, timeframe }: Model, bars: Bars): number {
  return trainedThroughMs + horizonBars * timeframeMs(timeframe ?? bars.timeframe);
}

/** Whether a model may be asked about these bars. */
export function isFor({ symbol, timeframe }: Model, bars: Bars): boolean {
  return (
    (symbol === undefined || symbol === bars.symbol) &&
    (timeframe === undefined || timeframe === bars.timeframe)
  );
}

/** One model at work on one symbol. */
class Desk {
  readonly answers: AnswerTables;
  private readonly options: StageOptions;
  private readonly wanted: WantedModel;
  private readonly bars: Bars;
  private readonly frame: Frame | null;
  private readonly features: FeatureColumns;
  private columns: readonly Float64Array[];
  private row: number;

  constructor(wanted: WantedModel, { bars, calendar, frame }: Place, options: StageOptions) {
    const { model, name, outputs } = wanted;
    const { timeframe } = bars;
    this.options = options;
    this.wanted = wanted;
    this.bars = bars;
    this.frame = frame;
    const tf = (higher: Timeframe) => barSeries(timeframeFrame(higher));
    this.features = new FeatureColumns(model.features({ bars: barSeries(), tf, timeframe }), bars, calendar);
    this.columns = this.features.names.map(() => new Float64Array(0));
    this.row = options.begin === "last row" ? Math.max(0, bars.length - 1) : 0;
    for (const output of outputs) if (!answersOf(model).includes(output)) throw outputUnknown(wanted, output);
    this.answers = new AnswerTables(name, outputs, bars, bars.length + 64);
  }

  async catchUp(): Promise<void> {
    this.frame?.extend();
    const { bars } = this;
    const { model, outputs } = this.wanted;
    const [from, to] = [Math.max(this.row, rowsBefore(bars, this.answers.throughMs + 1)), bars.length];
    if (from >= to) return;
    this.extendColumns(to);
    const answers = await model.predict({
      columns: this.columns.map((values) => values.subarray(0, to)),
      closeTimeMs: bars.closeTimeMs.subarray(0, to),
      from,
      to,
    });
    this.row = to;
    const wanted = outputs.map((output) =>
      output === horizonOutput
        ? new Float64Array(to - from).fill(model.horizonBars)
        : answers[model.outputs.indexOf(output)]!,
    );
    for (const answer of wanted)
      assert(answer.length === to - from, "a model answers every row it is asked about");
    this.append(wanted, from, to);
  }

  /** Computes the features of the rows that are new. */
  private extendColumns(to: number): void {
    const done = this.features.length;
    const from = this.columns[0]?.length === 0 ? 0 : done;
    this.features.extend();
    this.columns = this.columns.map((values, index) => {
      const larger = grow(values, to);
      const fresh = new Float64Array(to - from);
      this.features.copy(index, from, to, fresh);
      larger.set(fresh, from);
      return larger;
    });
  }

  async contradiction(rows: number): Promise<Contradiction | null> {
    const { bars, columns } = this;
    const { model, name, outputs } = this.wanted;
    const at = outputs.findIndex((output) => output !== horizonOutput);
    const table = this.answers.tables[at];
    if (table === undefined || table.length === 0) return null;
    const first = bars.length - table.length;
    for (let k = 0; k < Math.min(rows, table.length); k++) {
      const place = Math.floor(((k + 0.5) * table.length) / Math.min(rows, table.length));
      const [row, to] = [first + place, first + place + 1];
      const answers = await model.predict({
        columns: columns.map((values) => values.subarray(0, to)),
        closeTimeMs: bars.closeTimeMs.subarray(0, to),
        from: row,
        to,
      });
      const alone = answers[model.outputs.indexOf(outputs[at]!)]![0]!;
      const given = table.close[place]!;
      if (!Object.is(alone, given)) return { name, timeMs: bars.closeTimeMs[row]!, given, alone };
    }
    return null;
  }

  private append(answers: readonly Float64Array[], from: number, to: number): void {
    const { bars, options } = this;
    const { model, name, outputs } = this.wanted;
    const { fingerprint } = model;
    const { symbol } = bars;
    const blindMs = blindThroughMs(model, bars);
    const rows: (readonly number[])[] = [];
    for (let row = from; row < to; row++) {
      const timeMs = bars.closeTimeMs[row]!;
      if (timeMs <= blindMs) continue;
      const kept = options.kept?.of({ model: name, fingerprint, symbol, outputs }, timeMs);
      const values = kept ?? [timeMs, ...answers.map((answer) => answer[row - from]!)];
      if (rows.length > 0 || this.answers.mayTake(values)) rows.push(values);
    }
    if (rows.length === 0) return;
    options.onAnswers?.({ kind: "predicted", model: name, fingerprint, symbol, outputs, rows });
    for (const values of rows) this.answers.append(values);
  }
}

/** Everything that may be read of a model: what it says, and how far it looks ahead. */
function answersOf({ outputs }: Model): readonly string[] {
  return [...outputs, horizonOutput];
}

function outputUnknown({ name, model }: WantedModel, output: string): KiwiError {
  return new KiwiError({
    code: "MODEL_OUTPUT_UNKNOWN",
    exit: "usage",
    message: `the model ${name} says nothing called "${output}"`,
    why: `what it says: ${answersOf(model).join(", ")}`,
    fix: `read one of those: prediction("${name}").output("${model.outputs[0] ?? ""}")`,
    topic: "models",
  });
}
