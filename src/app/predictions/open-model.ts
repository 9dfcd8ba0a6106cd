import { systemClock } from "../../adapters/system-clock.ts";
import { ModelStore } from "../../adapters/stores/models/model-store.ts";
import { Prng } from "../../base/prng.ts";
import type { Model } from "../../ports/model.ts";
import type { PluginTools } from "../../ports/plugin.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import type { EnsembleConfig, ModelsConfig } from "../config/models-config.ts";
import { lookUpCredentials } from "../config/secrets.ts";
import { createPlugin, findPlugin, type Registry } from "../plugins/registry.ts";
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
  readonly opening?: ModelOpening | undefined;
};

/** Where the secrets of plug-ins are, and the seed of what is random in them. */
export type ModelOpening = Partial<Pick<KiwiConfig, "modelSecrets" | "seed">>;

/**
 * A model by the name that a strategy calls it by: one that the configuration makes of others, a plug-in of the kind `model`, else
 * what the project has trained, `NAME` or `NAME@VERSION`. It is open: close it. Throws `MODEL_UNKNOWN`, `MODEL_DAMAGED`, `MODEL_NEWER`,
 * `MODEL_FEATURES_CHANGED`, `SECRET_MISSING`, what a plug-in throws when it opens, and what making an ensemble throws.
 */
export async function openModel(wanted: string, places: ModelPlaces, tools: PluginTools): Promise<Model> {
  const { folder, registry, models = {}, opening = {} } = places;
  const { modelSecrets = {}, seed = 0 } = opening;
  const ensemble = models[wanted];
  if (ensemble !== undefined) return openEnsemble(wanted, ensemble, { folder, registry, opening }, tools);
  const isPlugin = registry.plugins.some(({ kind, name }) => kind === "model" && name === wanted);
  if (isPlugin) {
    const { credentials: needs = [] } = findPlugin("model", wanted, registry);
    const secretPlaces = { folder, env: process.env, section: "modelSecrets" } as const;
    const credentials = await lookUpCredentials(
      wanted,
      needs,
      modelSecrets[wanted] ?? {},
      secretPlaces,
      true,
    );
    const model = createPlugin("model", { use: wanted }, tools, registry);
    const prng = new Prng(seed).fork(`model:${wanted}`);
    await model.open?.({ clock: systemClock, prng, credentials, folder });
    return model;
  }
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
