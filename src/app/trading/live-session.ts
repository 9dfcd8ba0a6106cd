import { resolve } from "node:path";
import type { StoredRun } from "../../adapters/stores/runs/read-runs.ts";
import { KiwiError } from "../../base/errors.ts";
import type { RobotEnd } from "../../robot/robot-types.ts";
import { startJob } from "../jobs/start-job.ts";
import { jobs } from "../jobs/job-table.ts";
import { requestOf } from "../jobs/run-again.ts";
import type { LiveSettings } from "../config/config-watch.ts";
import type { RunRequest } from "../runs/run-request.ts";
import { arm, takeArm } from "./arm-live.ts";
import { sessionFromConfig } from "./config-session.ts";
import { liveGates, type Gate } from "./live-gates.ts";
import { accountOf, runTrading, settingsHashOf, type TradingSurroundings } from "./run-trading.ts";

/** What a session of a configuration may be asked for. */
export type SessionRequest = TradingSurroundings & {
  readonly request: RunRequest;
  readonly say: (line: string) => void;
  /** How its configuration is read again when somebody has edited it. */
  readonly reread: Pick<LiveSettings, "path" | "read">;
};

/** Bars of each symbol that the checks of a gate look at. */
const checkedBars = 3_000;

/** Trades with play money at the venue of the configuration. */
export async function startPaper({ request, say, reread, ...around }: SessionRequest): Promise<RobotEnd> {
  const { plan, sources } = await sessionFromConfig(request, "paper", around.env, say, reread);
  try {
    return await runTrading(plan, around);
  } finally {
    await sources.close();
  }
}

/** Trades with money: an arm for this account and these settings is used up. Throws `NOT_ARMED`. */
export async function startLive({ request, say, reread, ...around }: SessionRequest): Promise<RobotEnd> {
  const { plan, sources } = await sessionFromConfig(request, "live", around.env, say, reread);
  try {
    return await runTrading(plan, {
      ...around,
      mayStart: ({ account, settingsHash }) => void takeArm(around.home, account, settingsHash, Date.now()),
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
  { request, say, home, env, signal }: Omit<SessionRequest, "onStart" | "monitorPort" | "reread">,
  typed: string,
  by: string,
): Promise<Arming> {
  const { plan, sources } = await sessionFromConfig(request, "live", env, say);
  try {
    const account = await accountOf(await plan.connect(), signal);
    if (typed !== account) throw accountDiffers(typed, account);
    const { config, folder } = request;
    const gates = await liveGates(home, resolve(folder, config.out), plan, {
      ...config.trading.gates,
      check: (run) => passesChecks(run, config.stuckAfterSeconds),
    });
    const isArmed = gates.every(({ isOpen }) => isOpen);
    const opened = gates.map(({ name, found }) => ({ name, found }));
    const settingsHash = settingsHashOf(plan);
    if (isArmed) arm(home, { account, settingsHash, armedAtMs: Date.now(), by, gates: opened });
    return { account, gates, isArmed };
  } finally {
    await sources.close();
  }
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
