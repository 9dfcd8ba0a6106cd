import { resolve } from "node:path";
import type { StoredRun } from "../../../adapters/stores/runs/read-runs.ts";
import { KiwiError } from "../../../base/errors.ts";
import type { RobotEnd } from "../../../robot/robot-types.ts";
import { startJob } from "../../jobs/start-job.ts";
import { jobs } from "../../jobs/job-table.ts";
import { requestOf } from "../../jobs/run-again.ts";
import type { LiveSettings } from "../../config/config-watch.ts";
import { arm, takeArms } from "./arm-live.ts";
import { sha256 } from "../../../base/hash.ts";
import { sessionsFromConfig } from "../config-session.ts";
import type { SessionNote } from "../session-folder.ts";
import type { SessionRequests } from "../session-requests.ts";
import { settingsHashOf } from "../settings-hash.ts";
import { liveGates, type Gate } from "./live-gates.ts";
import { accountOf, runTrading, type TradingSurroundings } from "../run-trading.ts";

/** What a session of a configuration may be asked for. */
export type SessionRequest = TradingSurroundings & {
  readonly requests: SessionRequests;
  readonly say: (line: string) => void;
  /** How its configuration is read again when somebody has edited it. */
  readonly reread: Pick<LiveSettings, "path" | "read">;
};

/** Bars of each symbol that the checks of a gate look at. */
const checkedBars = 3_000;

/**
 * Trades with play money at the venue of the configuration. A strategy alone on its account whose code was changed begins
 * anew, and that is said; with money a person says so with --fresh.
 */
export async function startPaper({ requests, say, reread, ...around }: SessionRequest): Promise<RobotEnd> {
  const { plans, sources } = await sessionsFromConfig(requests, "paper", around.env, say, reread);
  try {
    return await runTrading(plans, around);
  } catch (error) {
    const isOther = error instanceof KiwiError && error.parts.code === "JOURNAL_DIFFERS";
    if (!isOther || plans[0].part !== null || around.isFresh === true) throw error;
    say(`a new session begins, from what the account holds: ${error.message}`);
    return await runTrading(plans, { ...around, isFresh: true });
  } finally {
    await sources.close();
  }
}

/** Trades with money: the arms for these accounts and settings are used up. Throws `NOT_ARMED`; then none is. */
export async function startLive({ requests, say, reread, ...around }: SessionRequest): Promise<RobotEnd> {
  const { plans, sources } = await sessionsFromConfig(requests, "live", around.env, say, reread);
  try {
    return await runTrading(plans, {
      ...around,
      mayStart: (accounts) => {
        const wanted = accounts.map((notes) => [notes[0]!.account, hashOfAll(notes.map(hashOf))] as const);
        takeArms(around.home, new Map(wanted), Date.now());
      },
    });
  } finally {
    await sources.close();
  }
}

/** What came of arming. */
export type Arming = { readonly account: string; readonly gates: readonly Gate[]; readonly isArmed: boolean };

/**
 * Arms an account for a quarter of an hour, when every gate is open and the name that was typed is the one that the venue
 * tells. Throws `ACCOUNT_DIFFERS`.
 */
export async function armLive(
  { requests, say, home, env, signal }: Omit<SessionRequest, "onStart" | "monitorPort" | "reread">,
  typed: string,
  by: string,
): Promise<Arming> {
  const { plans: all, sources } = await sessionsFromConfig(requests, "live", env, say);
  try {
    const named = await Promise.all(all.map(async (plan) => accountOf(await plan.connect(), signal)));
    // Of several accounts each is armed by its own name.
    const account = named.find((name) => name === typed);
    if (account === undefined) throw accountDiffers(typed, named.join(", "));
    const plans = all.filter((_, k) => named[k] === account);
    const { config, folder } = requests[0].request;
    const gates: Gate[] = [];
    for (const plan of plans) {
      const own = await liveGates(home, resolve(folder, config.out), plan, {
        ...config.trading.gates,
        check: (run) => passesChecks(run, config.stuckAfterSeconds),
      });
      const of = plan.part === null ? "" : `${plan.part.name}: `;
      gates.push(...own.map((gate) => ({ ...gate, found: `${of}${gate.found}` })));
    }
    const isArmed = gates.every(({ isOpen }) => isOpen);
    const opened = gates.map(({ name, found }) => ({ name, found }));
    const settingsHash = hashOfAll(plans.map(settingsHashOf));
    if (isArmed) arm(home, { account, settingsHash, armedAtMs: Date.now(), by, gates: opened });
    return { account, gates, isArmed };
  } finally {
    await sources.close();
  }
}

/** Several sessions are armed together, and started together. */
function hashOfAll(hashes: readonly string[]): string {
  return hashes.length === 1 ? hashes[0]! : sha256(hashes.join(" "));
}

function hashOf({ settingsHash }: SessionNote): string {
  return settingsHash;
}

/** Makes the checks of a stored run anew, on its own bars; null when it cannot be run any more. */
async function passesChecks({ manifest }: StoredRun, stuckAfterSeconds: number): Promise<boolean | null> {
  try {
    const input = { request: requestOf(manifest), kind: "all" as const, barsMax: checkedBars };
    const { results } = await startJob(jobs.check, input, { stuckAfterSeconds, onLook() {}, onLine() {} });
    return results.every(({ pass }) => pass !== false) && results.some(({ pass }) => pass === true);
  } catch {
    return null;
  }
}

function accountDiffers(typed: string, account: string): KiwiError {
  return new KiwiError({
    code: "ACCOUNT_DIFFERS",
    exit: "safety",
    message: `the keys are those of account ${account}, and ${typed} was typed`,
    why: "money is traded only on the account that somebody has named",
    fix: `look at it with  kiwi broker check --live , and type --account ${account} if that is the one`,
    topic: "live",
  });
}
