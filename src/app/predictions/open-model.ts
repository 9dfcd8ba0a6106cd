import { systemClock } from "../../adapters/system-clock.ts";
import { ModelStore } from "../../adapters/stores/models/model-store.ts";
import { Prng } from "../../base/prng.ts";
import type { Model } from "../../ports/model.ts";
import type { PluginTools } from "../../ports/plugin.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import { lookUpCredentials } from "../config/secrets.ts";
import { createPlugin, findPlugin, type Registry } from "../plugins/registry.ts";
import { modelsFolderOf, readModelName } from "../train/models-folder.ts";
import { predictorModel } from "./predictor-model.ts";
import { regimeModel } from "./regime-model.ts";

/**
 * A model by the name that a strategy calls it by: a plug-in of the kind `model`, else what the project has trained, `NAME` or
 * `NAME@VERSION`. It is open: close it. Throws `MODEL_UNKNOWN`, `MODEL_DAMAGED`, `MODEL_NEWER`, `MODEL_FEATURES_CHANGED`,
 * `SECRET_MISSING`, and what a plug-in throws when it opens.
 */
export async function openModel(
  wanted: string,
  folder: string,
  tools: PluginTools,
  registry: Registry,
  { models, seed }: Pick<KiwiConfig, "models" | "seed">,
): Promise<Model> {
  const isPlugin = registry.plugins.some(({ kind, name }) => kind === "model" && name === wanted);
  if (isPlugin) {
    const { credentials: needs = [] } = findPlugin("model", wanted, registry);
    const places = { folder, env: process.env, section: "models" } as const;
    const credentials = await lookUpCredentials(wanted, needs, models[wanted] ?? {}, places, true);
    const model = createPlugin("model", { use: wanted }, tools, registry);
    const prng = new Prng(seed).fork(`model:${wanted}`);
    await model.open?.({ clock: systemClock, prng, credentials, folder });
    return model;
  }
  const { name, version } = readModelName(wanted);
  const { artifact } = await new ModelStore(modelsFolderOf(folder)).read(name, version);
  return artifact.kind === "predictor" ? predictorModel(artifact) : regimeModel(artifact);
}
