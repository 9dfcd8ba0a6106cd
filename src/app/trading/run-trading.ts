import { systemClock } from "../../adapters/system-clock.ts";
import { openLog, type OpenLog } from "../../adapters/logging/open-log.ts";
import { openJournalFile } from "../../adapters/stores/journal/journal-file.ts";
import { canonicalJson, sha256 } from "../../base/hash.ts";
import { secondMs } from "../../base/time.ts";
import { liveFeed } from "../../data/live/live-feed.ts";
import type { LiveFeed } from "../../data/live/live-feed-parts.ts";
import type { BrokerConnection } from "../../ports/broker-connection.ts";
import { lockAccount } from "../../robot/account-lock.ts";
import { startGuard } from "../../robot/kill/guard.ts";
import { KillSwitch } from "../../robot/kill/kill-switch.ts";
import { Pause, underPause } from "../../robot/kill/pause.ts";
import type { Robot, RobotEnd, TradingState } from "../../robot/robot-types.ts";
import { startRobot } from "../../robot/start-robot.ts";
import { Heartbeat } from "../../robot/watchdog.ts";
import type { KeptAnswers } from "../predictions/kept-answers.ts";
import { servePredictions } from "../predictions/serve-predictions.ts";
import { buildSession, layGround } from "../session/build-session.ts";
import { noteAccount } from "./account-record.ts";
import { heldValueAtRisk } from "./held-value-at-risk.ts";
import { keptBefore } from "./kept-before.ts";
import { killLatched } from "./trading-errors.ts";
import { openSessionFolder, type SessionNote, type SessionPaths } from "./session-folder.ts";
import { writeSettings } from "./session-settings.ts";
import type { TradingPlan } from "./session-parts.ts";
import { SessionReporter } from "./session-reporter.ts";
import { withVenueRules } from "./venue-rules.ts";
import { openSessionWatch, type SessionWatch } from "./watch/session-watch.ts";
import { startWatchdog } from "./kill/start-watchdog.ts";

export type { RobotEnd } from "../../robot/robot-types.ts";

/** Who starts a session, and where what belongs to it is kept. */
export type TradingSurroundings = {
  readonly home: string;
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Port of the pages that others read; null opens none. */
  readonly monitorPort: number | null;
  /** Throws where a session may not start: live asks for an arm. */
  readonly mayStart?: (note: SessionNote) => void;
  /** Called when the robot runs. */
  readonly onStart: (note: SessionNote, robot: Robot) => void;
};

const logRoom = { fileBytesMax: 20_000_000, filesMax: 10, dayBytesMax: 100_000_000 };

/**
 * Trades until the signal ends it: takes the account for itself, starts the robot with its guard and its watchdog, and
 * says once a second how it is. Throws `KILL_LATCHED`, `ACCOUNT_LOCKED`, and what starting a robot throws.
 */
export async function runTrading(plan: TradingPlan, surroundings: TradingSurroundings): Promise<RobotEnd> {
  const { home, signal } = surroundings;
  const { account, rules } = await asked(await plan.connect(), signal, async (connection) => ({
    account: connection.accountName,
    rules: await connection.instruments(plan.symbols),
  }));
  const killSwitch = new KillSwitch(home, account);
  const { state, reason } = killSwitch.order();
  if (state !== "active") throw killLatched(account, reason);
  const note = noteOf(plan, account);
  surroundings.mayStart?.(note);
  const lock = lockAccount(home, account, {
    sinceMs: note.startedMs,
    what: `${plan.mode} session ${note.id}`,
  });
  let log: OpenLog | null = null;
  try {
    const paths = openSessionFolder(home, note);
    const kept = await keptBefore(home, note);
    const { strategyText, plugins, folder } = plan;
    const { config, overruled } = withVenueRules(plan.config, rules);
    writeSettings(paths.settings, { strategy: strategyText, plugins: [...plugins], folder, config });
    noteAccount(home, {
      account,
      mode: plan.mode,
      broker: plan.broker,
      folder: plan.folder,
      plugins: [...plugins],
      session: note.id,
    });
    const { logLevels: levels, secrets } = plan;
    log = openLog({ folder: paths.logs, room: logRoom, levels, secrets, nowMs: Date.now });
    for (const { symbol, what, why } of overruled)
      log.part("session").warn({ symbol }, `${symbol} is not traded with ${what}: ${why}`);
    return await trade({ ...plan, config }, surroundings, { note, paths, killSwitch, lock, log, kept });
  } finally {
    lock.release();
    log?.close();
  }
}

type Opened = {
  readonly note: SessionNote;
  readonly paths: SessionPaths;
  readonly killSwitch: KillSwitch;
  readonly lock: ReturnType<typeof lockAccount>;
  readonly log: OpenLog;
  readonly kept: KeptAnswers;
};

async function trade(plan: TradingPlan, around: TradingSurroundings, opened: Opened): Promise<RobotEnd> {
  const { note, paths, log } = opened;
  const watch = await openSessionWatch({
    plan,
    sessionId: note.id,
    home: around.home,
    env: around.env,
    folder: paths.folder,
    switches: paths.switches,
    monitorPort: around.monitorPort,
    log: log.part("watch"),
    setLogLevels: log.setLevels,
  });
  try {
    return await tradeWatched(plan, around, opened, watch);
  } finally {
    await watch.close();
  }
}

async function tradeWatched(
  plan: TradingPlan,
  around: TradingSurroundings,
  { note, paths, killSwitch, lock, log, kept }: Opened,
  watch: SessionWatch,
): Promise<RobotEnd> {
  const feed = feedOf(plan, log);
  const connection = await plan.connect();
  const pause = new Pause(around.home, note.account);
  const tradingState = (): TradingState => underPause(killSwitch.order(), pause);
  const journal = openJournalFile(paths.journal);
  const served = await servePredictions({ ...plan, feed, journal, kept });
  for (const note of served.notes) log.part("models").info({}, note);
  const starting = startRobot({
    feed: served.feed,
    takePredicted: served.takePredicted,
    connection,
    journal,
    clock: plan.clock,
    lock,
    log: log.part("robot"),
    tradingState,
    onIncident: watch.onIncident,
    sessionTag: note.id,
    identity: { strategy: note.strategy, settingsHash: note.settingsHash },
    atDifference: "adopt",
    ...(plan.limits === undefined ? {} : { limits: plan.limits }),
    buildSession: ({ bars, cash, broker }) => {
      const config = { ...plan.config, account: { ...plan.config.account, cash } };
      const { strategy, params, registry } = plan;
      const setup = { bars, strategy, params, config, registry, externals: served.externals };
      return buildSession(setup, layGround(bars, config), { broker, tradingState });
    },
  });
  const robot = await starting.catch(async (error: unknown) => {
    await served.close();
    throw error;
  });
  const heartbeat = new Heartbeat(paths.heartbeat);
  const guard = startGuard({
    robot,
    connection,
    killSwitch,
    triggers: plan.triggers,
    gauges: {
      calendar: plan.calendarOf(plan.symbols[0]!),
      timeframe: plan.timeframe,
      dayPath: `${paths.folder}/day.json`,
    },
    heartbeat,
    clock: plan.clock,
    heartClock: systemClock,
    log: log.part("guard"),
    valueAtRisk: () => heldValueAtRisk(robot.session),
  });
  startWatchdog({ home: around.home, account: note.account, paths, silenceMsMax: plan.silenceMsMax });
  const reporter = new SessionReporter({
    plan,
    note,
    paths,
    robot,
    guard,
    connection,
    feed,
    watch,
    log: log.part("report"),
    raise: watch.raise,
  });
  reporter.start();
  watch.begin(robot, () => guard.gauges()["clock-skew"]);
  const stop = (): void => void robot.stop();
  around.signal.addEventListener("abort", stop, { once: true });
  around.onStart(note, robot);
  try {
    return await robot.done;
  } finally {
    around.signal.removeEventListener("abort", stop);
    reporter.stop();
    guard.stop();
    await served.close();
  }
}

function feedOf(plan: TradingPlan, log: OpenLog): LiveFeed {
  const say = log.part("feed");
  return liveFeed({
    source: plan.source,
    symbols: plan.symbols,
    timeframe: plan.timeframe,
    warmupBars: plan.warmupBars,
    graceMs: 5 * secondMs,
    clock: plan.clock,
    calendarOf: plan.calendarOf,
    onEvent: (event) => say.info({ event }, `feed: ${event.kind}`),
  });
}

/** The venue alone knows the name of an account: it is asked before anything is locked by it. */
export function accountOf(connection: BrokerConnection, signal: AbortSignal): Promise<string> {
  return asked(connection, signal, ({ accountName }) => Promise.resolve(accountName));
}

async function asked<Answer>(
  connection: BrokerConnection,
  signal: AbortSignal,
  ask: (connection: BrokerConnection) => Promise<Answer>,
): Promise<Answer> {
  const nobody = { onOrder() {}, onFill() {}, onLine() {} };
  try {
    await connection.open(nobody, signal);
    return await ask(connection);
  } finally {
    await connection.close();
  }
}

/** What must be the same for a session to be the same: what trades, what is traded, by which settings. */
export function settingsHashOf({
  config,
  params,
  symbols,
  timeframe,
  strategyName,
  models,
}: TradingPlan): string {
  const settings = { config, params, symbols, timeframe, strategyName };
  return sha256(canonicalJson(models.length === 0 ? settings : { ...settings, models }));
}

function noteOf(plan: TradingPlan, account: string): SessionNote {
  const startedMs = Date.now();
  const { mode, isDemo, symbols, params, timeframe, broker, strategyName: strategy } = plan;
  return {
    // Seconds since 2020 in base 36 are six characters until 2088, and with a hint of the account no two are alike.
    id: `${Math.floor((startedMs - Date.UTC(2020, 0, 1)) / secondMs).toString(36)}${sha256(account).slice(0, 2)}`,
    mode,
    account,
    strategy,
    params,
    symbols: [...symbols],
    timeframe,
    broker: broker.use,
    isDemo,
    startedMs,
    settingsHash: settingsHashOf(plan),
    models: [...plan.models],
    pid: process.pid,
  };
}
