import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { ModelStore } from "../../adapters/stores/models/model-store.ts";
import { formatTime } from "../../base/time.ts";
import type { BarSource } from "../../ports/bar-source.ts";
import { componentId, type ComponentHealth, type ComponentPart } from "../../ports/component.ts";
import { alertParts } from "../alerts/channel-parts.ts";
import { connectBroker } from "../brokers/connect-broker.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import type { SecretPlaces } from "../config/secret-place.ts";
import { isDataFolder } from "../data/data-folder.ts";
import { openBars } from "../data/open-data.ts";
import { openProvider } from "../data/open-sources.ts";
import type { Registry } from "../plugins/registry.ts";
import { nextRunMs, readSchedule } from "../../robot/schedule/schedule.ts";
import { taskRecords } from "../schedule/open-schedule.ts";
import { openOwnState } from "../state/open-own-state.ts";
import { modelsFolderOf } from "../train/models-folder.ts";

/** A project: its configuration, where its secrets are, and where its sessions are kept. */
export type Project = {
  readonly config: KiwiConfig;
  readonly registry: Registry;
  readonly places: SecretPlaces;
  readonly home: string;
};

/** Everything that a configuration names and that has a life, by what it needs. Nothing is open yet. Throws `CHANNEL_INVALID`. */
export async function projectParts(project: Project): Promise<readonly ComponentPart[]> {
  const { config, places, registry } = project;
  return [
    ...[...new Set(config.sources)].map((name) => sourcePart(name, project)),
    ...(config.broker === undefined ? [] : [brokerPart(config.broker.use, project)]),
    ...(await storeParts(project)),
    ...(await modelParts(places.folder)),
    ...alertParts(config.alerts, places, registry).parts,
    ...taskParts(project),
  ];
}

/** Made with its options and its secrets; a venue is asked nothing. */
function sourcePart(name: string, { config, places, registry }: Project): ComponentPart {
  let source: BarSource | null = null;
  return {
    kind: "source",
    name,
    open: async () => void ({ source } = await openProvider(name, config, places, registry)),
    close: () => source?.close(),
    health: () =>
      source?.health?.() ?? { condition: "ok", detail: `${source?.name}: options and secrets are right` },
  };
}

function brokerPart(name: string, { config, places }: Project): ComponentPart {
  return {
    kind: "broker",
    name,
    // Nothing is sent before its own `open`: kiwi broker check does that.
    async open() {
      await (await connectBroker(config, places, "paper")).close();
    },
    health: () => ({
      condition: "ok",
      detail: "options and secrets are right; kiwi broker check asks the venue",
    }),
  };
}

async function storeParts({ config, places, home }: Project): Promise<readonly ComponentPart[]> {
  const path = resolve(places.folder, config.dataFolder);
  const bars = (await isDataFolder(path)) ? [dataPart(path)] : [];
  const hasState = config.state.database !== undefined || existsSync(join(home, "state.sqlite"));
  if (!hasState) return bars;
  let state: Awaited<ReturnType<typeof openOwnState>> | null = null;
  const database: ComponentPart = {
    kind: "store",
    name: "state",
    async open() {
      state = await openOwnState({ home, config, places });
      await state.prepare();
    },
    close: () => state?.close(),
    health: () => ({ condition: "ok", detail: `sessions as tables in ${state?.name}` }),
  };
  return [...bars, database];
}

function dataPart(path: string): ComponentPart {
  let store: Awaited<ReturnType<typeof openBars>> | null = null;
  return {
    kind: "store",
    name: "bars",
    open: async () => void (store = await openBars(path)),
    close: () => store?.close(),
    health: () => ({ condition: "ok", detail: path }),
  };
}

/** The models that the project has trained: each is read, as a run would. */
async function modelParts(folder: string): Promise<readonly ComponentPart[]> {
  const store = new ModelStore(modelsFolderOf(folder));
  return (await store.names()).map((name): ComponentPart => {
    let detail = "";
    return {
      kind: "model",
      name,
      async open() {
        const { artifact } = await store.read(name);
        detail = `${artifact.kind}, learned from bars through ${formatTime(artifact.trainedThroughMs)}`;
      },
      health: () => ({ condition: "ok", detail }),
    };
  });
}

function taskParts({ config, places }: Project): readonly ComponentPart[] {
  const records =
    Object.keys(config.schedule).length === 0
      ? new Map()
      : taskRecords({ ...places, schedule: config.schedule, program: [] });
  return Object.entries(config.schedule).map(([name, task]): ComponentPart => ({
    kind: "task",
    name,
    needs: needsOfTask(task.run, config),
    open: () => void readSchedule(task.when),
    health(): ComponentHealth {
      const failure = records.get(name)?.failure ?? null;
      if (failure !== null)
        return { condition: "degraded", detail: `it failed: ${failure}`, fix: `kiwi schedule run ${name}` };
      const nextMs = nextRunMs(readSchedule(task.when), Date.now());
      return { condition: "ok", detail: task.enabled ? `next ${formatTime(nextMs)}` : "switched off" };
    },
  }));
}

/** What a task of Kiwi leans on: downloads on sources, a digest that is sent on its channels. */
function needsOfTask(run: string, { sources, alerts }: KiwiConfig): readonly string[] {
  const words = run.split(/\s+/).filter((word) => word !== "kiwi");
  if (words[0] === "data" && words[1] === "download")
    return [...new Set(sources)].map((name) => componentId({ kind: "source", name }));
  if (words[0] !== "digest" || !words.includes("--send")) return [];
  const to = alerts.digestTo.length === 0 ? Object.keys(alerts.channels) : alerts.digestTo;
  return to.map((name) => componentId({ kind: "channel", name }));
}
