import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { readRun, runIds, type StoredRun } from "../../../adapters/stores/runs/read-runs.ts";
import { canonicalJson } from "../../../base/hash.ts";
import { dayMs, formatTime } from "../../../base/time.ts";
import { resolveParams, type Params, type ParamValue } from "../../../domain/params.ts";
import { strategyHash } from "../../plugins/code-identity.ts";
import { strategyFileOf } from "../../plugins/find-strategy.ts";
import { newestValidation } from "../../validation/newest-validation.ts";
import { resetKeyPath } from "../kill/kill-accounts.ts";
import { allSessions, sessionPaths } from "../session-folder.ts";
import type { TradingPlan } from "../session-parts.ts";
import { ranMs, readStatus } from "../session-status.ts";

/** One gate before money: what must be shown, and whether it is. */
export type Gate = {
  readonly name: "backtest" | "later bars" | "validation" | "checks" | "paper record" | "limits" | "way back";
  readonly isOpen: boolean;
  /** What was found. */
  readonly found: string;
  /** What to do where it is closed. */
  readonly todo: string;
};

/** What the gates are measured by. */
export type GateMeasures = {
  readonly paperDaysMin: number;
  readonly tradesMin: number;
  readonly findingsMax: number;
  /** Performs the checks of a stored run anew; null when they cannot be made. */
  readonly check: (run: StoredRun) => Promise<boolean | null>;
};

type GatePlan = Pick<
  TradingPlan,
  | "strategyName"
  | "strategyText"
  | "strategy"
  | "params"
  | "symbols"
  | "timeframe"
  | "config"
  | "folder"
  | "plugins"
  | "registry"
>;

/**
 * The gates before live trading, each read off what is stored and none off anybody's word: a backtest of the same
 * strategy on real bars with enough trades, the same again over later bars, a validation of the strategy as it is now, its
 * checks made anew, a record on paper, limits in front of every order, and a key that can lift the kill switch.
 */
export async function liveGates(
  home: string,
  runsFolder: string,
  plan: GatePlan,
  measures: GateMeasures,
): Promise<readonly Gate[]> {
  const { strategyName } = plan;
  const { tradesMin, paperDaysMin } = measures;
  const runs = (await runsOf(runsFolder, plan)).filter((run) => tradesIn(run) >= tradesMin);
  const first = runs
    .filter(
      ({ result }) => (result["verdict"] as { readonly level?: string } | undefined)?.level !== "refuted",
    )
    .toSorted((a, b) => periodOf(a).toMs - periodOf(b).toMs)[0];
  const later =
    first === undefined ? undefined : runs.find((run) => periodOf(run).fromMs >= periodOf(first).toMs);
  const hasPassed = first === undefined ? null : await measures.check(first);
  const days = paperDays(home, plan);
  const { profile, tradingProfile } = plan.config.risk;
  const settings = settingsOf(plan);
  const command = `kiwi backtest ${settings}`;
  return [
    gate(
      "backtest",
      first !== undefined,
      foundRun(first, `no run on real bars with ${tradesMin} trades that its verdict does not refute`),
      command,
    ),
    gate(
      "later bars",
      later !== undefined,
      foundRun(later, "no run that begins after the first one ends"),
      `${command} --from DAY   over bars that nothing was tuned on`,
    ),
    await validationGate(plan, measures.findingsMax),
    gate(
      "checks",
      hasPassed === true,
      hasPassed === null ? "not made" : hasPassed ? "passed just now" : "FAILED just now",
      `kiwi check all ${settings}`,
    ),
    gate(
      "paper record",
      days >= paperDaysMin,
      `${days.toFixed(1)} of ${paperDaysMin} days on paper (the demo does not count)`,
      `kiwi paper start ${strategyName}`,
    ),
    gate(
      "limits",
      profile !== "none" && tradingProfile !== "none",
      `risk.profile ${profile}, risk.tradingProfile ${tradingProfile}`,
      "--set risk.profile=conservative --set risk.tradingProfile=trader",
    ),
    gate(
      "way back",
      hasResetKey(home),
      hasResetKey(home) ? "a key can lift the kill switch" : "nobody could lift the kill switch",
      "kiwi kill key",
    ),
  ];
}

/** What the newest validation of the strategy says; one of other code than now says nothing. */
async function validationGate(plan: GatePlan, findingsMax: number): Promise<Gate> {
  const { strategyName, strategyText, symbols, timeframe, folder, plugins, registry } = plan;
  const subject = { strategy: strategyName, params: wholeParams(plan), symbols, timeframe };
  const newest = await newestValidation(folder, subject);
  const todo = `kiwi validate ${settingsOf(plan)}`;
  const closed = (found: string): Gate => gate("validation", false, found, todo);
  if (newest === null)
    return closed(`no validation with these parameters of ${symbols.join(", ")} ${timeframe} on real bars`);
  const { id, isWhole, document } = newest;
  const { level, verdict, findings, createdMs, strategySha256 } = document;
  const what = `validation ${id} of ${formatTime(createdMs)}`;
  if (!isWhole) return closed(`${what} is not as it was written: its checksum is another`);
  const file = strategyFileOf(folder, strategyText, registry);
  const ownFiles = [...(file === null ? [] : [file]), ...plugins.map((path) => resolve(folder, path))];
  if (strategySha256 !== strategyHash(ownFiles))
    return closed(`${what} is of the strategy as it was then: its file, a plug-in or Kiwi has changed`);
  const isGood = level !== "refuted" && findings.length <= findingsMax;
  return gate(
    "validation",
    isGood,
    `${what}: ${verdict}`,
    `${todo}   after a change; trading.gates.findingsMax says how many tests may speak against it`,
  );
}

/** Strategy, bars and parameters as they are typed: a proof of other ones opens no gate. */
function settingsOf({ strategyText, timeframe, params }: GatePlan): string {
  const told = Object.entries(params).map(([name, value]) => ` --param ${name}=${String(value)}`);
  return `${strategyText} --data FILE -t ${timeframe}${told.join("")}`;
}

function gate(name: Gate["name"], isOpen: boolean, found: string, todo: string): Gate {
  return { name, isOpen, found, todo };
}

function foundRun(run: StoredRun | undefined, nothing: string): string {
  return run === undefined ? nothing : `run ${run.manifest.runId}, ${tradesIn(run)} trades`;
}

/** Stored runs of the same strategy with the same parameters over the same symbols, on bars that nobody made up. */
async function runsOf(folder: string, plan: GatePlan): Promise<readonly StoredRun[]> {
  const { strategyName, symbols } = plan;
  const params = wholeParams(plan);
  const found: StoredRun[] = [];
  for (const id of await runIds(folder)) {
    const run = await readRun(folder, id).catch(() => null);
    if (run === null || run.manifest.dataKind === "synthetic") continue;
    const { manifest } = run;
    if (manifest.strategyName !== strategyName || canonicalJson(manifest.params) !== canonicalJson(params))
      continue;
    const names = new Set(manifest.sources.map(({ symbol }) => symbol));
    if (symbols.every((symbol) => names.has(symbol) || names.has(symbol.replace("/", "")))) found.push(run);
  }
  return found;
}

/** With the defaults, as runs and validations store them. */
function wholeParams({ strategy, strategyName, params }: GatePlan): Readonly<Record<string, ParamValue>> {
  return resolveParams(`strategy ${strategyName}`, strategy.params as Params, params);
}

function tradesIn({ result }: StoredRun): number {
  return (result["metrics"] as { readonly trades?: number } | undefined)?.trades ?? 0;
}

function periodOf({ result }: StoredRun): { readonly fromMs: number; readonly toMs: number } {
  const period = result["period"] as
    | { readonly firstCloseMs?: number; readonly lastCloseMs?: number }
    | undefined;
  return { fromMs: period?.firstCloseMs ?? Number.NaN, toMs: period?.lastCloseMs ?? Number.NaN };
}

function hasResetKey(home: string): boolean {
  if (existsSync(resetKeyPath(home))) return true;
  try {
    return readdirSync(join(home, "authorities")).length > 0;
  } catch {
    return false;
  }
}

/** Days that the same strategy with the same settings has run on paper, by what its sessions have left behind. */
function paperDays(home: string, { strategyName, params, symbols, timeframe }: GatePlan): number {
  const wanted = canonicalJson({ params, symbols, timeframe });
  let spanMs = 0;
  for (const note of allSessions(home)) {
    if (note.mode !== "paper" || note.isDemo || note.strategy !== strategyName) continue;
    const { params: tried, symbols: traded, timeframe: bars } = note;
    if (canonicalJson({ params: tried, symbols: traded, timeframe: bars }) !== wanted) continue;
    const status = readStatus(sessionPaths(home, note.id).status);
    // A session that ended at a halt is no record of anything but the halt.
    if (status !== null && status.robot.trading.state === "active") spanMs += ranMs(note, status);
  }
  return spanMs / dayMs;
}
