import { assert } from "../../base/assert.ts";
import { KiwiError } from "../../base/errors.ts";
import { BarTable } from "../../domain/bar-table.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { barSeries, timeframeFrame } from "../../domain/expression.ts";
import { predictionName } from "../../domain/external-series.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";
import { grow } from "../../engine/columns/fold.ts";
import type { Frame } from "../../engine/columns/frame.ts";
import type { Model } from "../../ports/model.ts";
import { FeatureColumns } from "../features/feature-columns.ts";
import type { Ground } from "../session/backtest-setup.ts";

/** A row about which a model says one thing when later rows are there, and another when they are not. */
export type Contradiction = {
  readonly name: string;
  readonly timeMs: number;
  readonly given: number;
  readonly alone: number;
};

type Begin = "first row" | "last row";

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

  /** `ground` has bars and columns of the run; a live ground grows. `last row` leaves out all rows but the newest. */
  constructor(models: readonly WantedModel[], ground: Ground, begin: Begin = "first row") {
    this.desks = models.flatMap((wanted) =>
      ground.stores
        .map(({ bars }, index) => ({
          bars,
          calendar: ground.calendars[index]!,
          frame: ground.frames?.[index] ?? null,
        }))
        .filter(({ bars }) => isFor(wanted.model, bars))
        .map((place) => new Desk(wanted, place, begin)),
    );
    this.tables = this.desks.flatMap((desk) => desk.tables);
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

function isFor({ symbol, timeframe }: Model, bars: Bars): boolean {
  return (
    (symbol === undefined || symbol === bars.symbol) &&
    (timeframe === undefined || timeframe === bars.timeframe)
  );
}

/** One model at work on one symbol. */
class Desk {
  readonly tables: readonly BarTable[];
  private readonly wanted: WantedModel;
  private readonly bars: Bars;
  private readonly frame: Frame | null;
  private readonly features: FeatureColumns;
  private columns: readonly Float64Array[];
  private row: number;

  constructor(wanted: WantedModel, { bars, calendar, frame }: Place, begin: Begin) {
    const { model, name, outputs } = wanted;
    const { symbol, timeframe } = bars;
    this.wanted = wanted;
    this.bars = bars;
    this.frame = frame;
    const tf = (higher: Timeframe) => barSeries(timeframeFrame(higher));
    this.features = new FeatureColumns(model.features({ bars: barSeries(), tf, timeframe }), bars, calendar);
    this.columns = this.features.names.map(() => new Float64Array(0));
    this.row = begin === "first row" ? 0 : Math.max(0, bars.length - 1);
    for (const output of outputs) if (!model.outputs.includes(output)) throw outputUnknown(wanted, output);
    this.tables = outputs.map(
      (output) => new BarTable(predictionName({ model: name, output, symbol }), timeframe, bars.length + 64),
    );
  }

  async catchUp(): Promise<void> {
    this.frame?.extend();
    const { bars } = this;
    const { model, outputs } = this.wanted;
    const [from, to] = [this.row, bars.length];
    if (from >= to) return;
    this.extendColumns(to);
    const answers = await model.predict({
      columns: this.columns.map((values) => values.subarray(0, to)),
      closeTimeMs: bars.closeTimeMs.subarray(0, to),
      from,
      to,
    });
    this.row = to;
    const wanted = outputs.map((output) => answers[model.outputs.indexOf(output)]!);
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
    const { bars, tables, columns } = this;
    const { model, name, outputs } = this.wanted;
    const table = tables[0];
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
      const alone = answers[model.outputs.indexOf(outputs[0]!)]![0]!;
      const given = table.close[place]!;
      if (!Object.is(alone, given)) return { name, timeMs: bars.closeTimeMs[row]!, given, alone };
    }
    return null;
  }

  private append(answers: readonly Float64Array[], from: number, to: number): void {
    const { bars } = this;
    const blindMs = blindThroughMs(this.wanted.model, bars);
    for (let row = from; row < to; row++) {
      const timeMs = bars.closeTimeMs[row]!;
      if (timeMs <= blindMs) continue;
      for (let k = 0; k < answers.length; k++) {
        const value = answers[k]![row - from]!;
        const table = this.tables[k]!;
        // A table begins with its first answer: what comes before it is warm-up.
        if (table.length > 0 || !Number.isNaN(value)) table.append(timeMs, value, value, value, value, 0);
      }
    }
  }
}

function outputUnknown({ name, model }: WantedModel, output: string): KiwiError {
  return new KiwiError({
    code: "MODEL_OUTPUT_UNKNOWN",
    exit: "usage",
    message: `the model ${name} says nothing called "${output}"`,
    why: `what it says: ${model.outputs.join(", ")}`,
    fix: `read one of those: prediction("${name}").output("${model.outputs[0] ?? ""}")`,
    topic: "models",
  });
}
