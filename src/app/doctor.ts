import { rmSync, statSync, writeFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { runIds } from "../adapters/stores/runs/read-runs.ts";
import { KiwiError } from "../base/errors.ts";
import { dayMs, formatDuration, formatTime } from "../base/time.ts";
import { checkPlugins } from "./plugins/check-plugins.ts";
import type { KiwiConfig } from "./config/config-schema.ts";
import { isDataFolder } from "./data/data-folder.ts";
import { findDataFiles } from "./bars/find-data-files.ts";
import { loadRegistry } from "./plugins/load-registry.ts";
import { resolveConfig, type ConfigSources } from "./config/resolve-config.ts";
import { isSynthetic } from "./bars/synthetic-source.ts";

/** What was found about one thing that Kiwi needs. */
export type Finding = {
  readonly id: string;
  readonly state: "ok" | "warn" | "fail";
  readonly text: string;
  /** What to do about it; null when nothing is to be done. */
  readonly fix: string | null;
};

const gigabyte = 1024 ** 3;
/** Below this a run of many bars may not fit. */
const memoryMin = 2 * gigabyte;
const diskMin = 0.05 * gigabyte;
const diskLow = gigabyte;
/** The engine that run identities were made with. */
const nodeMajor = 24;

/** Looks at Node, the machine, the folder, the clock, the configuration and the data. Throws nothing. */
export async function examine(sources: ConfigSources): Promise<readonly Finding[]> {
  const { folder } = sources;
  const found: Finding[] = [node(), machine(), writing(folder), await disk(folder), clock(), zones()];
  try {
    const { config, path } = await resolveConfig(sources);
    checkPlugins(await loadRegistry(folder, config.plugins), config);
    found.push(ok("config", path ?? "no configuration file: every setting has its default"));
    found.push(await data(folder, config), await runs(folder, config));
  } catch (error) {
    if (!(error instanceof KiwiError)) throw error;
    found.push({
      id: "config",
      state: "fail",
      text: `${error.parts.code} ${error.parts.message}`,
      fix: error.parts.fix,
    });
  }
  return found;
}

function ok(id: string, text: string): Finding {
  return { id, state: "ok", text, fix: null };
}

function node(): Finding {
  const major = Number(process.version.slice(1).split(".")[0]);
  const text = `${process.version} on ${process.platform}-${process.arch}`;
  if (major === nodeMajor) return ok("node", text);
  const fix = `npm ci installs the pinned Node ${nodeMajor}; another one may give other last digits`;
  return { id: "node", state: major < nodeMajor ? "fail" : "warn", text, fix };
}

function machine(): Finding {
  const text = `${availableParallelism()} cores, ${(totalmem() / gigabyte).toFixed(1)} GiB of memory`;
  return totalmem() >= memoryMin
    ? ok("machine", text)
    : { id: "machine", state: "warn", text, fix: "take fewer symbols or shorter ranges" };
}

function writing(folder: string): Finding {
  const probe = join(folder, `.kiwi-doctor-${process.pid}`);
  try {
    writeFileSync(probe, "");
    rmSync(probe);
    return ok("folder", `${folder} can be written to`);
  } catch (error) {
    const fix = "work in a folder of your own, or write elsewhere with --out";
    return { id: "folder", state: "fail", text: `${folder}: ${(error as Error).message}`, fix };
  }
}

async function disk(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const text = `${(free / gigabyte).toFixed(1)} GiB free`;
  if (free >= diskLow) return ok("disk", text);
  return { id: "disk", state: free < diskMin ? "fail" : "warn", text, fix: "free some space" };
}

/** A clock that lags behind its own program files cannot be right. */
function clock(): Finding {
  const nowMs = Date.now();
  const installedMs = statSync(import.meta.filename).mtimeMs;
  if (nowMs + dayMs >= installedMs) return ok("clock", `${formatTime(nowMs)} UTC`);
  const text = `${formatTime(nowMs)} UTC, before Kiwi was installed (${formatTime(installedMs)})`;
  return {
    id: "clock",
    state: "fail",
    text,
    fix: "turn on time synchronisation: sudo timedatectl set-ntp true",
  };
}

function zones(): Finding {
  try {
    const zone = new Intl.DateTimeFormat("en", { timeZone: "America/New_York" }).resolvedOptions().timeZone;
    return ok("zones", `time zones are known (${zone})`);
  } catch {
    return {
      id: "zones",
      state: "fail",
      text: "Node knows no time zones",
      fix: "use a Node with full ICU: npm ci",
    };
  }
}

async function data(folder: string, { data: paths, pairs, dataFolder }: KiwiConfig): Promise<Finding> {
  const isOwn = await isDataFolder(resolve(folder, dataFolder));
  if (paths.length === 0 && isOwn) return ok("data", `downloaded bars in ${dataFolder}: kiwi data list`);
  const areFolders = await Promise.all(paths.map((path) => isDataFolder(resolve(folder, path))));
  const files = paths.filter((path, index) => !isSynthetic(path) && !areFolders[index]);
  if (areFolders.includes(true) && files.length === 0)
    return ok("data", `${paths.join(", ")}: kiwi data list`);
  if (paths.length === 0) return ok("data", "none configured: name them with --data");
  if (files.length === 0) return ok("data", "made-up bars (SYNTHETIC)");
  try {
    const found = await findDataFiles(folder, files, pairs, undefined, false);
    const newestMs = Math.max(...found.map(({ path }) => statSync(path).mtimeMs));
    return ok(
      "data",
      `${found.length} files, the newest was written ${formatDuration(Date.now() - newestMs)} ago`,
    );
  } catch (error) {
    if (!(error instanceof KiwiError)) throw error;
    return { id: "data", state: "fail", text: error.parts.message, fix: error.parts.fix };
  }
}

async function runs(folder: string, { out }: KiwiConfig): Promise<Finding> {
  const root = resolve(folder, out);
  return ok("runs", `${(await runIds(root)).length} kept in ${root}`);
}
