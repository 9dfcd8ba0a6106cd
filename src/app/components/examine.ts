import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { systemClock } from "../../adapters/system-clock.ts";
import { runIds } from "../../adapters/stores/runs/read-runs.ts";
import { dayMs, formatDuration, formatTime } from "../../base/time.ts";
import type { ComponentHealth, ComponentPart, ComponentReport } from "../../ports/component.ts";
import { checkPlugins } from "../plugins/check-plugins.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import { isDataFolder } from "../data/data-folder.ts";
import { findDataFiles } from "../bars/find-data-files.ts";
import { loadRegistry } from "../plugins/load-registry.ts";
import { resolveConfig, type ConfigSources } from "../config/resolve-config.ts";
import { isSynthetic } from "../bars/synthetic-source.ts";
import { KillSwitch } from "../../robot/kill/kill-switch.ts";
import { allSessions, type SessionNote } from "../trading/session-folder.ts";
import { isRunning } from "../trading/stop-session.ts";
import { Components } from "./components.ts";
import { monitoring, venueClock } from "./examine-robot.ts";
import { projectParts } from "./project-parts.ts";

const gigabyte = 1024 ** 3;
/** Below this a run of many bars may not fit. */
const memoryMin = 2 * gigabyte;
const diskMin = 0.05 * gigabyte;
const diskLow = gigabyte;
/** The engine that run identities were made with. */
const nodeMajor = 24;

/**
 * Looks at Node, the machine, the folder, the clock and the configuration, and opens everything that this names: with its options
 * and secrets, and without asking a venue. Throws nothing.
 */
export async function examine(sources: ConfigSources, home: string): Promise<readonly ComponentReport[]> {
  const { folder } = sources;
  const parts = [
    part("node", node),
    part("machine", machine),
    part("folder", () => writing(folder)),
    part("disk", () => disk(folder)),
    part("home", () => homeOf(home)),
    part("clock", clock),
    part("venue clock", () => venueClock(home, runningIn(home))),
    part("monitoring", () => monitoring()),
    part("zones", zones),
  ];
  return [...(await reportsOf(parts)), ...(await examineProject(sources, home))];
}

/** What the configuration names, opened as a run or a robot would, and closed again; a configuration that is wrong is all that is told. */
export async function examineProject(
  sources: ConfigSources,
  home: string,
): Promise<readonly ComponentReport[]> {
  const { folder, env } = sources;
  try {
    const { config, path } = await resolveConfig(sources);
    const registry = await loadRegistry(folder, config.plugins);
    checkPlugins(registry, config);
    const own = [
      part("config", () => ok(path ?? "no configuration file: every setting has its default")),
      part("data", () => data(folder, config)),
      part("runs", () => runs(folder, config)),
    ];
    const named = await projectParts({ config, registry, places: { folder, env }, home });
    return await reportsOf([...own, ...named]);
  } catch (error) {
    return reportsOf([
      part("config", () => {
        throw error;
      }),
    ]);
  }
}

async function reportsOf(parts: readonly ComponentPart[]): Promise<readonly ComponentReport[]> {
  const components = new Components(parts, { clock: systemClock });
  await components.tryToOpen();
  const reports = components.reports();
  await components.close();
  return reports;
}

/** A part that is what was found when it was looked at. */
function part(name: string, look: () => ComponentHealth | Promise<ComponentHealth>): ComponentPart {
  let found: ComponentHealth = ok("");
  return { kind: name, name, open: async () => void (found = await look()), health: () => found };
}

function ok(detail: string): ComponentHealth {
  return { condition: "ok", detail };
}

function node(): ComponentHealth {
  const major = Number(process.version.slice(1).split(".")[0]);
  const text = `${process.version} on ${process.platform}-${process.arch}`;
  if (major === nodeMajor) return ok(text);
  const fix = `npm ci installs the pinned Node ${nodeMajor}; another one may give other last digits`;
  return { condition: major < nodeMajor ? "failed" : "degraded", detail: text, fix };
}

function machine(): ComponentHealth {
  const text = `${availableParallelism()} cores, ${(totalmem() / gigabyte).toFixed(1)} GiB of memory`;
  return totalmem() >= memoryMin
    ? ok(text)
    : { condition: "degraded", detail: text, fix: "take fewer symbols or shorter ranges" };
}

function writing(folder: string): ComponentHealth {
  const probe = join(folder, `.kiwi-doctor-${process.pid}`);
  try {
    writeFileSync(probe, "");
    rmSync(probe);
    return ok(`${folder} can be written to`);
  } catch (error) {
    const fix = "work in a folder of your own, or write elsewhere with --out";
    return { condition: "failed", detail: `${folder}: ${(error as Error).message}`, fix };
  }
}

/** Where accounts and sessions are: to be written, with room, and no switch pulled there. */
async function homeOf(home: string): Promise<ComponentHealth> {
  // Whoever has never traded has none, and the first session makes it.
  if (!existsSync(home)) return ok(`${home} is made by the first session`);
  const found = writing(home);
  if (found.condition !== "ok")
    return { ...found, fix: `ls -ld ${home}   shows whose it is; KIWI_HOME names another` };
  const room = await disk(home);
  if (room.condition !== "ok") return room;
  const sessions = allSessions(home);
  const running = runningIn(home).map(({ id }) => id);
  const stopped = [...new Set(sessions.map(({ account }) => account))].filter(
    (account) => new KillSwitch(home, account).state().action !== null,
  );
  const runs = running.length === 0 ? "none runs" : `${running.join(", ")} runs`;
  const text = `${home}: ${sessions.length} ${sessions.length === 1 ? "session" : "sessions"}, ${runs}; ${room.detail}`;
  return stopped.length === 0
    ? ok(text)
    : {
        condition: "degraded",
        detail: `${text}; the kill switch of ${stopped.join(", ")} is pulled`,
        fix: `kiwi kill status   says by whom and why; kiwi kill reset --account ${stopped[0]} --confirm ${stopped[0]} --reason WHY   lifts it`,
      };
}

function runningIn(home: string): readonly SessionNote[] {
  return allSessions(home).filter((note) => isRunning(home, note));
}

async function disk(folder: string): Promise<ComponentHealth> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const text = `${(free / gigabyte).toFixed(1)} GiB free`;
  if (free >= diskLow) return ok(text);
  const fix = `du -xh -d2 ${folder} | sort -h | tail   shows what is large; kiwi runs gc and kiwi sessions make room`;
  return { condition: free < diskMin ? "failed" : "degraded", detail: text, fix };
}

/** A clock that lags behind its own program files cannot be right. */
function clock(): ComponentHealth {
  const nowMs = Date.now();
  const installedMs = statSync(import.meta.filename).mtimeMs;
  if (nowMs + dayMs >= installedMs) return ok(`${formatTime(nowMs)} UTC`);
  const text = `${formatTime(nowMs)} UTC, before Kiwi was installed (${formatTime(installedMs)})`;
  return {
    condition: "failed",
    detail: text,
    fix: "turn on time synchronisation: sudo timedatectl set-ntp true",
  };
}

function zones(): ComponentHealth {
  try {
    const zone = new Intl.DateTimeFormat("en", { timeZone: "America/New_York" }).resolvedOptions().timeZone;
    return ok(`time zones are known (${zone})`);
  } catch {
    return {
      condition: "failed",
      detail: "Node knows no time zones",
      fix: "use a Node with full ICU: npm ci",
    };
  }
}

async function data(
  folder: string,
  { data: paths, pairs, dataFolder }: KiwiConfig,
): Promise<ComponentHealth> {
  const isOwn = await isDataFolder(resolve(folder, dataFolder));
  if (paths.length === 0 && isOwn) return ok(`downloaded bars in ${dataFolder}: kiwi data list`);
  const areFolders = await Promise.all(paths.map((path) => isDataFolder(resolve(folder, path))));
  const files = paths.filter((path, index) => !isSynthetic(path) && !areFolders[index]);
  if (areFolders.includes(true) && files.length === 0) return ok(`${paths.join(", ")}: kiwi data list`);
  if (paths.length === 0) return ok("none configured: name them with --data");
  if (files.length === 0) return ok("made-up bars (SYNTHETIC)");
  const found = await findDataFiles(folder, files, pairs, undefined, false);
  const newestMs = Math.max(...found.map(({ path }) => statSync(path).mtimeMs));
  return ok(`${found.length} files, the newest was written ${formatDuration(Date.now() - newestMs)} ago`);
}

async function runs(folder: string, { out }: KiwiConfig): Promise<ComponentHealth> {
  const root = resolve(folder, out);
  return ok(`${(await runIds(root)).length} kept in ${root}`);
}
