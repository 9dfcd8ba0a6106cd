import { openLog, type OpenLog } from "../../adapters/logging/open-log.ts";
import { openJournalFile } from "../../adapters/stores/journal/journal-file.ts";
import { secondMs } from "../../base/time.ts";
import { liveFeed } from "../../data/live/live-feed.ts";
import type { LiveFeed } from "../../data/live/live-feed-parts.ts";
import type { BrokerConnection, VenueInstrument } from "../../ports/broker-connection.ts";
import { Hold } from "../../robot/kill/hold.ts";
import { Pause, underPause } from "../../robot/kill/pause.ts";
import type { Robot } from "../../robot/robot-parts.ts";
import type { Incident, RobotEnd } from "../../robot/robot-types.ts";
import { startRobot } from "../../robot/start-robot.ts";
import { conversionsFor } from "../../domain/currency.ts";
import { Ledger } from "../../domain/ledger.ts";
import type { RemoteMaking } from "../../robot/engine/engine-link.ts";
import type { PredictedRecord } from "../../ports/journal-store.ts";
import { environmentWithoutSecrets } from "../config/environment-without-secrets.ts";
import { servePredictions, type Served } from "../predictions/serve-predictions.ts";
import { layGround } from "../session/build-session.ts";
import { commissionOf } from "../session/commission-of.ts";
import { priceCollarOf } from "../session/risk-rules.ts";
import type { ProviderConfig } from "../config/config-schema.ts";
import type { EngineOrder } from "./engine-builder.ts";
import { noteAccount } from "./account-record.ts";
import { guardOf } from "./guard-session.ts";
import { keptBefore } from "./kept-before.ts";
import { earlierSessions, openSessionFolder, type SessionNote, type SessionPaths } from "./session-folder.ts";
import { writeSettings, writeTables } from "./session-settings.ts";
import type { TradingPlan } from "./session-parts.ts";
import { eventText } from "./event-text.ts";
import { SessionReporter } from "./session-reporter.ts";
import { openAccount, type OpenedSession, type TradingAccount } from "./trading-account.ts";
import { homeFault } from "./trading-errors.ts";
import { withVenueRules } from "./venue-rules.ts";
import { ModelWatch } from "./watch/model-watch.ts";
import { tellOfRejections } from "./watch/rejections.ts";
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
  /** Throws where sessions may not start: live asks for an arm of each account. Asked once all accounts are held. */
  readonly mayStart?: (accounts: readonly (readonly SessionNote[])[]) => void;
  /** Every session is a new one, whatever those before it hold. */
  readonly isFresh?: boolean;
  /** Called when the robot runs, with where it goes on or why it is a new one, and when it has ended while others may go on. */
  readonly onStart: (note: SessionNote, robot: Robot, origin: string) => void;
  readonly onEnd?: (note: SessionNote, end: RobotEnd) => void;
  /** Called with what went wrong; what is told again and again comes with how often. */
  readonly onIncident?: (note: SessionNote, incident: Incident) => void;
  /** Called every few seconds while a long journal is lived through, with how far that is. */
  readonly onRelived?: (note: SessionNote, timeMs: number) => void;
};

const logRoom = { fileBytesMax: 20_000_000, dayBytesMax: 100_000_000 };

/**
 * Trades until the signal ends it: takes the accounts for itself, starts a robot for each plan with its guard and its
 * watchdog, and says once a second how each is. Robots that end leave the others alone; what starts together does so or
 * not at all. Returns how the first that failed ended, else the first. Throws `KILL_LATCHED`, `ACCOUNT_LOCKED`,
 * `SESSION_SHARES`, `SESSION_HOLDS`, `JOURNAL_GONE`, `DISK_FULL`, and what starting a robot throws.
 */
export async function runTrading(...asked: Parameters<typeof trade>): Promise<RobotEnd> {
  try {
    return await trade(...asked);
  } catch (error) {
    throw homeFault(asked[1].home, error);
  }
}

async function trade(
  plans: readonly [TradingPlan, ...TradingPlan[]],
  surroundings: TradingSurroundings,
): Promise<RobotEnd> {
  const { home, signal, mayStart, isFresh = false } = surroundings;
  const byAccount = new Map<string, TradingPlan[]>();
  const rulesOf = new Map<TradingPlan, readonly VenueInstrument[]>();
  for (const plan of plans) {
    const { account, rules } = await asked(await plan.connect(), signal, async (connection) => ({
      account: connection.accountName,
      rules: await connection.instruments(plan.symbols),
    }));
    rulesOf.set(plan, rules);
    byAccount.set(account, [...(byAccount.get(account) ?? []), plan]);
  }
  const accounts: TradingAccount[] = [];
  const ending = new AbortController();
  const around = { ...surroundings, signal: AbortSignal.any([signal, ending.signal]) };
  try {
    for (const [account, own] of byAccount) accounts.push(await openAccount(home, account, own, isFresh));
    mayStart?.(accounts.map(({ sessions }) => sessions.map(({ note }) => note)));
    const trading = accounts
      .flatMap(({ sessions }) => sessions)
      .map((session, k) =>
        tradeOne(session, rulesOf.get(session.plan)!, {
          ...around,
          monitorPort: portFor(surroundings.monitorPort, k),
        }).catch((error: unknown) => {
          ending.abort(error);
          throw error;
        }),
      );
    const ends = await Promise.allSettled(trading);
    const broken = ends.find((end) => end.status === "rejected");
    if (broken !== undefined) throw broken.reason;
    const ended = ends.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
    return ended.find(({ kind }) => kind === "failed") ?? ended[0]!;
  } finally {
    for (const account of accounts) await account.close();
  }
}

/** Each session has pages of its own. */
function portFor(port: number | null, index: number): number | null {
  return port === null ? null : port + index;
}

async function tradeOne(
  opened: OpenedSession,
  rules: readonly VenueInstrument[],
  around: TradingSurroundings,
): Promise<RobotEnd> {
  const { config, overruled } = withVenueRules(opened.plan.config, rules);
  const session = { ...opened, plan: { ...opened.plan, config } };
  const { plan, note } = session;
  const { home } = around;
  const paths = openSessionFolder(home, note);
  const { strategyText, plugins, folder, broker, mode, symbols } = plan;
  writeSettings(paths.settings, { strategy: strategyText, plugins: [...plugins], folder, config });
  writeTables(paths.tables, plan.tables);
  noteAccount(home, {
    account: note.account,
    mode,
    broker,
    folder,
    plugins: [...plugins],
    session: note.id,
    symbols: [...symbols],
  });
  const { logLevels: levels, secrets, logFilesMax: filesMax } = plan;
  const log = openLog({
    folder: paths.logs,
    room: { ...logRoom, filesMax },
    levels,
    secrets,
    nowMs: Date.now,
  });
  if (session.origin !== "") log.part("session").info({}, session.origin);
  for (const { symbol, what, why } of overruled)
    log.part("session").warn({ symbol }, `${symbol} is not traded with ${what}: ${why}`);
  try {
    const watch = await openSessionWatch({
      plan,
      sessionId: note.id,
      home,
      env: around.env,
      folder: paths.folder,
      switches: paths.switches,
      monitorPort: around.monitorPort,
      log: log.part("watch"),
      setLogLevels: log.setLevels,
    });
    try {
      return await tradeWatched(session, around, paths, log, watch);
    } finally {
      await watch.close();
    }
  } finally {
    log.close();
  }
}

async function tradeWatched(
  session: OpenedSession,
  around: TradingSurroundings,
  paths: SessionPaths,
  log: OpenLog,
  watch: SessionWatch,
): Promise<RobotEnd> {
  const { plan, note, origin, connection, seat, shared } = session;
  const feed = feedOf(plan, log);
  const hold = new Hold();
  const { robot, served } = await startServed(session, around, { feed, paths, log, watch, hold });
  seat?.begin(robot);
  const guard = guardOf(session, { robot, paths, log, hold }, around.home);
  const dismissWatchdog = startWatchdog({
    home: around.home,
    account: note.account,
    paths,
    silenceMsMax: plan.silenceMsMax,
  });
  const reporter = new SessionReporter({
    plan,
    note,
    paths,
    robot,
    guard,
    connection,
    shared,
    watch,
    log: log.part("report"),
  });
  reporter.start();
  const modelWatch = new ModelWatch({ plan, bars: feed.bars, raise: watch.raise, log: log.part("models") });
  modelWatch.start();
  watch.begin(robot, () => guard.gauges()["clock-skew"]);
  const stop = (): void => void robot.stop();
  around.signal.addEventListener("abort", stop, { once: true });
  const calmDown = tellOfRejections(robot);
  around.onStart(note, robot, origin);
  // Whoever wanted it to end while it began is heard now.
  if (around.signal.aborted) stop();
  try {
    const end = await robot.done;
    around.onEnd?.(note, end);
    return end;
  } finally {
    around.signal.removeEventListener("abort", stop);
    calmDown();
    modelWatch.stop();
    reporter.stop();
    try {
      guard.stop();
    } catch (error) {
      log.part("guard").error({ error: String(error) }, "the heartbeat could not be removed");
      dismissWatchdog();
    }
    await served.close();
  }
}

type RobotSurroundings = {
  readonly feed: LiveFeed;
  readonly paths: SessionPaths;
  readonly log: OpenLog;
  readonly watch: SessionWatch;
  readonly hold: Hold;
};

/** Starts the robot behind its models: they are asked here, and the thread of its engine hears what they say. */
async function startServed(
  { plan, note, killSwitch, lock, connection, seat }: OpenedSession,
  around: TradingSurroundings,
  { feed, paths, log, watch, hold }: RobotSurroundings,
): Promise<{ readonly robot: Robot; readonly served: Served }> {
  const kept = keptBefore(around.home, note);
  const pause = new Pause(around.home, note.account);
  const journal = openJournalFile(paths.journal);
  const answers: PredictedRecord[] = [];
  const append = (record: PredictedRecord): void => {
    journal.append(record);
    answers.push(record);
  };
  const served = await servePredictions({ ...plan, feed, journal: { append }, kept });
  for (const text of served.notes) log.part("models").info({}, text);
  try {
    const robot = await startRobot({
      feed: served.feed,
      takePredicted: served.takePredicted,
      connection,
      journal,
      clock: plan.clock,
      lock,
      log: log.part("robot"),
      tradingState: () => hold.under(underPause(killSwitch.order(), pause)),
      onIncident(incident) {
        watch.onIncident(incident);
        around.onIncident?.(note, incident);
      },
      sessionTag: note.id,
      identity: { strategy: note.strategy, settingsHash: note.settingsHash },
      atDifference: seat === null ? "adopt" : "own",
      // Whoever has a share of an account holds nothing of what was there before: what protects that is not his.
      ...(seat === null ? { isEarlierSession: earlierSessions(around.home, note) } : {}),
      limits: { ...plan.limits, priceCollar: priceCollarOf(plan.config) },
      remote: {
        ...remoteEngine(plan, feed, around, log),
        onRelived: (timeMs) => around.onRelived?.(note, timeMs),
        newAnswers: () => answers.splice(0),
        isShadowOn: () => watch.isOn("shadow"),
      },
    });
    return { robot, served };
  } catch (error) {
    await served.close();
    throw error;
  }
}

/** The strategy has a thread of its own, without our secrets: what it does there ends nobody else. */
function remoteEngine(
  plan: TradingPlan,
  { bars }: LiveFeed,
  { env }: TradingSurroundings,
  log: OpenLog,
): Omit<RemoteMaking, "newAnswers" | "isShadowOn" | "onRelived"> {
  const { folder, plugins, strategyText, params, config, timeframe, tables, registry } = plan;
  const { clock, broker, strategyLimits } = plan;
  const say = log.part("report");
  const { account } = config;
  const { instruments, calendars } = layGround(bars, config);
  const conversions = conversionsFor(instruments, account.baseCurrency, account.fixedRates);
  const making: EngineOrder = {
    folder,
    plugins: [...plugins],
    strategyText,
    params,
    config,
    timeframe,
    tables,
    shadowFromMs: clock.nowMs(),
  };
  return {
    builder: new URL("engine-builder.ts", import.meta.url),
    making,
    environment: environmentWithoutSecrets(env, { broker: broker as ProviderConfig }),
    limits: strategyLimits,
    instruments,
    prices: new Ledger(account.cash, instruments, conversions, account),
    commission: commissionOf({ ...tables, config, registry }, { market: { instruments, bars }, calendars }),
    // Every decision, order and fill is a line of the log, tied together by bar and order.
    onEvents: (events) => {
      for (const event of events) {
        const { timeMs: bar, symbol, kind, orderId, first, second, third } = event;
        say.info({ bar, symbol, kind, orderId, numbers: [first, second, third] }, eventText(event));
      }
    },
  };
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
    ...(plan.history === undefined ? {} : { history: plan.history }),
    onEvent: (event) => {
      const kind = event.kind === "stream" ? event.state.kind : event.kind;
      // Every bar has one.
      if (kind === "heartbeat") say.debug({ event }, "feed: heartbeat");
      else say.info({ event }, `feed: ${kind}`);
    },
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
