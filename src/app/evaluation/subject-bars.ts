import { ModelStore } from "../../adapters/stores/models/model-store.ts";
import type { StoredModel } from "../../adapters/stores/models/stored-model.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { PredictorArtifact } from "../../domain/predictor-artifact.ts";
import { runConfigOf, type KiwiConfig } from "../config/config-schema.ts";
import { readDay } from "../config/read-day.ts";
import { calendarOf } from "../train/model-bars.ts";
import { modelsFolderOf, readModelName } from "../train/models-folder.ts";
import { trainingBars, type TrainingBars } from "../train/training-bars.ts";
import { notOfDirection, otherBars } from "./evaluation-errors.ts";

/** Who asks: a folder of work and what is configured there. */
export type Asked = { readonly folder: string; readonly config: KiwiConfig; readonly nowMs: number };

/** The bars of a model's market, all that there are before the end that was asked for. */
export type SubjectBars = Pick<TrainingBars, "dataKind" | "warnings"> & {
  readonly bars: Bars;
  readonly calendar: Calendar;
  /** The `from` that was asked for; -Infinity without one. */
  readonly fromMs: number;
};

/** A model of direction by its name. Throws `MODEL_OTHER_KIND`, and what the store throws. */
export async function directionModel(
  folder: string,
  wanted: string,
): Promise<StoredModel<PredictorArtifact>> {
  const { name, version } = readModelName(wanted);
  const model = await new ModelStore(modelsFolderOf(folder)).read(name, version);
  if (model.artifact.kind !== "predictor") throw notOfDirection(name);
  return { ...model, artifact: model.artifact };
}

/**
 * Loads the bars of a model's market. `from` of the configuration cuts nothing off: what lies before warms up. Throws
 * `MODEL_OTHER_DATA`, and what loading throws.
 */
export async function subjectBars(
  { config, ...rest }: Asked,
  artifact: PredictorArtifact,
  onFile?: (done: number, total: number) => void,
): Promise<SubjectBars> {
  const { from, ...others } = config;
  const whole = { ...others, timeframe: config.timeframe ?? artifact.timeframe };
  const { series, dataKind, warnings } = await trainingBars({ ...rest, config: whole }, onFile);
  const bars = series.find((one) => one.symbol === artifact.symbol && one.timeframe === artifact.timeframe);
  if (bars === undefined) throw otherBars(artifact, series);
  return {
    bars,
    calendar: calendarOf(bars, runConfigOf(config)),
    fromMs: from === undefined ? -Infinity : readDay(from, "--from"),
    dataKind,
    warnings,
  };
}
