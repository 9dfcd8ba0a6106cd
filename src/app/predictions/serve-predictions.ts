import type { BarTable } from "../../domain/bar-table.ts";
import type { PredictedRecord } from "../../ports/journal-store.ts";
import type { RobotFeed } from "../../robot/robot-types.ts";
import { formatTime } from "../../base/time.ts";
import type { Model } from "../../ports/model.ts";
import type { RunTables } from "../runs/run-tables.ts";
import { layGround } from "../session/build-session.ts";
import type { KeptAnswers } from "./kept-answers.ts";
import { predictingFeed } from "./predicting-feed.ts";
import { blindThroughMs, PredictionStage, type WantedModel } from "./prediction-stage.ts";
import {
  checkServed,
  closeModels,
  neededBy,
  openModels,
  type ModelsPlan,
  type SessionModel,
} from "./session-models.ts";

/** Where predictions of a session come from and go to. */
export type Serving = ModelsPlan & {
  readonly models: readonly SessionModel[];
  readonly feed: RobotFeed;
  /** Answers stand in it before anybody can read them. */
  readonly journal: { readonly append: (record: PredictedRecord) => void };
  /** What was said in an earlier session. */
  readonly kept: KeptAnswers;
  /** Features are of prices that are adjusted for corporate actions. */
  readonly tables?: Pick<RunTables, "actions">;
};

/** Models at work for a session. */
export type Served = {
  /** The feed, each of whose bars has been predicted on before it is handed over. */
  readonly feed: RobotFeed;
  /** Series for the session. */
  readonly externals: readonly BarTable[];
  /** For people: what is served, and from when on it may speak. */
  readonly notes: readonly string[];
  readonly takePredicted: (record: PredictedRecord) => void;
  readonly close: () => Promise<void>;
};

/** Puts the models of a session between its feed and its robot. Throws `MODEL_CHANGED` and what opening a model throws. */
export async function servePredictions(serving: Serving): Promise<Served> {
  const { feed, config, models: planned, journal, kept, tables } = serving;
  if (planned.length === 0)
    return { feed, externals: [], notes: [], takePredicted() {}, close: () => Promise.resolve() };
  const ground = layGround(feed.bars, config, undefined, tables?.actions);
  const models: WantedModel[] = [];
  try {
    await openModels(models, neededBy(serving), serving, ground);
    checkServed(planned, models);
  } catch (error) {
    await closeModels(models);
    throw error;
  }
  const state = { isClosed: false };
  const stage = new PredictionStage(models, ground, {
    kept,
    onAnswers: (record) => {
      // A model may still be at work when its robot has ended.
      if (!state.isClosed) journal.append(record);
    },
  });
  return {
    feed: {
      bars: feed.bars,
      wake: () => feed.wake(),
      batches: () => predictingFeed(feed.batches(), stage),
      close: () => {
        state.isClosed = true;
        return feed.close();
      },
    },
    externals: stage.tables,
    notes: models.flatMap(({ name, model }) =>
      feed.bars.map((bars) => noteOf(name, model, bars.symbol, blindThroughMs(model, bars))),
    ),
    takePredicted: (record) => stage.take(record),
    close: () => closeModels(models),
  };
}

function noteOf(name: string, { kind, fingerprint }: Model, symbol: string, blindMs: number): string {
  const since = Number.isFinite(blindMs) ? `after ${formatTime(blindMs)}` : "of any time";
  return `${name} (${kind}, ${fingerprint.slice(0, 12)}) speaks about bars of ${symbol} ${since}`;
}
