import { ModelStore } from "../../adapters/stores/models/model-store.ts";
import type { Model } from "../../ports/model.ts";
import type { PluginTools } from "../../ports/plugin.ts";
import { createPlugin, type Registry } from "../plugins/registry.ts";
import { modelsFolderOf, readModelName } from "../train/models-folder.ts";
import { predictorModel } from "./predictor-model.ts";
import { regimeModel } from "./regime-model.ts";

/**
 * A model by the name that a strategy calls it by: a plug-in of the kind `model`, else what the project has trained, `NAME` or
 * `NAME@VERSION`. Throws `MODEL_UNKNOWN`, `MODEL_DAMAGED`, `MODEL_NEWER` and `MODEL_FEATURES_CHANGED`.
 */
export async function openModel(
  wanted: string,
  folder: string,
  tools: PluginTools,
  registry: Registry,
): Promise<Model> {
  const isPlugin = registry.plugins.some(({ kind, name }) => kind === "model" && name === wanted);
  if (isPlugin) return createPlugin("model", { use: wanted }, tools, registry);
  const { name, version } = readModelName(wanted);
  const { artifact } = await new ModelStore(modelsFolderOf(folder)).read(name, version);
  return artifact.kind === "predictor" ? predictorModel(artifact) : regimeModel(artifact);
}
