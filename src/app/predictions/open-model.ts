import { ModelStore } from "../../adapters/stores/models/model-store.ts";
import type { Model } from "../../ports/model.ts";
import type { PluginTools } from "../../ports/plugin.ts";
import type { EnsembleConfig, ModelsConfig } from "../config/models-config.ts";
import { createPlugin, type Registry } from "../plugins/registry.ts";
import { modelsFolderOf, readModelName } from "../train/models-folder.ts";
import type { NamedModel } from "./ensemble/check-members.ts";
import { predictorModel } from "./predictor-model.ts";
import { regimeModel } from "./regime-model.ts";

/** Where models are looked for. */
export type ModelPlaces = {
  readonly folder: string;
  readonly registry: Registry;
  /** Those that the configuration makes of others. */
  readonly models?: ModelsConfig | undefined;
};

/**
 * A model by the name that a strategy calls it by: one that the configuration makes of others, a plug-in of the kind `model`, else
 * what the project has trained, `NAME` or `NAME@VERSION`. Throws `MODEL_UNKNOWN`, `MODEL_DAMAGED`, `MODEL_NEWER`,
 * `MODEL_FEATURES_CHANGED`, and what making an ensemble throws.
 */
export async function openModel(wanted: string, places: ModelPlaces, tools: PluginTools): Promise<Model> {
  const { folder, registry, models = {} } = places;
  const ensemble = models[wanted];
  if (ensemble !== undefined) return openEnsemble(wanted, ensemble, { folder, registry }, tools);
  const isPlugin = registry.plugins.some(({ kind, name }) => kind === "model" && name === wanted);
  if (isPlugin) return createPlugin("model", { use: wanted }, tools, registry);
  const { name, version } = readModelName(wanted);
  const { artifact } = await new ModelStore(modelsFolderOf(folder)).read(name, version);
  return artifact.kind === "predictor" ? predictorModel(artifact) : regimeModel(artifact);
}

async function openEnsemble(
  name: string,
  config: EnsembleConfig,
  places: ModelPlaces,
  tools: PluginTools,
): Promise<Model> {
  const members: NamedModel[] = [];
  for (const member of config.members)
    members.push({ name: member, model: await openModel(member, places, tools) });
  const { ensembleModel } = await import("./ensemble/ensemble-model.ts");
  return ensembleModel(name, config, members, createPlugin("regime", config.regime, tools, places.registry));
}
