import { BarTable } from "../../domain/bar-table.ts";
import { systemClock } from "../../adapters/system-clock.ts";
import { closeInReverse, closeMsMax } from "../../ports/component.ts";
import { KiwiError } from "../../base/errors.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import { externalsNeeded, type ExternalsNeeded } from "../bars/externals-needed.ts";
import { predictionMissing } from "../bars/find-external.ts";
import type { RunConfig } from "../config/run-config.ts";
import type { Registry } from "../plugins/registry.ts";
import { layGround } from "../session/build-session.ts";
import type { BacktestSetup, Ground } from "../session/backtest-setup.ts";
import { openModel, type ModelOpening } from "./open-model.ts";
import { isFor, type WantedModel } from "./prediction-stage.ts";

/** A model that a session serves, by the hash of what it learned: the one that was in use when the session was planned. */
export type SessionModel = { readonly name: string; readonly fingerprint: string };

/** What decides which models a session serves. */
export type ModelsPlan = Pick<BacktestSetup, "strategy" | "params"> & {
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  readonly config: RunConfig;
  readonly registry: Registry;
  readonly folder: string;
  readonly opening?: ModelOpening | undefined;
};

/** What a session must be told besides bars. Asks the strategy's setup; runs nothing. */
export function neededBy({
  strategy,
  params,
  registry,
  config,
  symbols,
  timeframe,
}: Omit<ModelsPlan, "folder">): ExternalsNeeded["predictions"] {
  const bars = symbols.map((symbol) => new BarTable(symbol, timeframe));
  return externalsNeeded({ strategy, params, bars, registry, config }).predictions;
}

/** The models that a session will serve. Throws what opening a model throws, and `PREDICTION_MISSING`. */
export async function sessionModels(plan: ModelsPlan): Promise<readonly SessionModel[]> {
  const needed = neededBy(plan);
  if (needed.length === 0) return [];
  const tables = plan.symbols.map((symbol) => new BarTable(symbol, plan.timeframe));
  const models: WantedModel[] = [];
  try {
    await openModels(models, needed, plan, layGround(tables, plan.config));
  } finally {
    await closeModels(models);
  }
  for (const { name, model } of models) {
    const missing = tables.find((bars) => !isFor(model, bars));
    if (missing !== undefined) throw predictionMissing(name, missing.symbol);
  }
  return models.map(({ name, model }) => ({ name, fingerprint: model.fingerprint }));
}

/** Opens models by name on a ground, into `opened`: what stands there has to be closed, also after an error. Throws what opening throws. */
export async function openModels(
  opened: WantedModel[],
  needed: ExternalsNeeded["predictions"],
  { folder, registry, config, opening }: Pick<ModelsPlan, "folder" | "registry" | "config" | "opening">,
  ground: Ground,
): Promise<void> {
  const tools = {
    market: { instruments: ground.instruments, bars: ground.stores.map((store) => store.bars) },
    calendars: ground.calendars,
  };
  const places = { folder, registry, models: config.models, opening };
  for (const { model: name, outputs } of needed)
    opened.push({ name, outputs, model: await openModel(name, places, tools) });
}

/** Closes what was opened, the last first. */
export async function closeModels(opened: readonly WantedModel[]): Promise<void> {
  const parts = opened.map(({ name, model }) => ({ name, close: () => model.close?.() }));
  await closeInReverse(parts, systemClock, closeMsMax);
}

/** Sees to it that what is served is what was planned. Throws `MODEL_CHANGED`. */
export function checkServed(planned: readonly SessionModel[], opened: readonly WantedModel[]): void {
  for (const { name, model } of opened) {
    const known = planned.find((one) => one.name === name);
    if (known?.fingerprint === model.fingerprint) continue;
    throw new KiwiError({
      code: "MODEL_CHANGED",
      exit: "data",
      message: `the model ${name} is another one than a moment ago`,
      why: "another version was put to use while the session started, and nobody has looked at that one",
      fix: `start again; kiwi model list ${name} shows which version is in use`,
      topic: "models",
    });
  }
}
