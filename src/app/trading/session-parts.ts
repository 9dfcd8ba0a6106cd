import type { Timeframe } from "../../domain/timeframe.ts";
import type { ParamValue } from "../../domain/params.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { BarSource } from "../../ports/bar-source.ts";
import type { BrokerConnection } from "../../ports/broker-connection.ts";
import type { Clock } from "../../ports/clock.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";
import type { LogLevel } from "../../adapters/logging/log-level.ts";
import type { EngineLimits } from "../../robot/engine/engine-messages.ts";
import type { KillTriggers } from "../../robot/kill/kill-triggers.ts";
import type { RobotLimits } from "../../robot/robot-types.ts";
import type { AlertConfig } from "../config/alert-config.ts";
import type { LiveSettings } from "../config/config-watch.ts";
import type { RunConfig } from "../config/run-config.ts";
import type { Registry } from "../plugins/registry.ts";
import type { RunTables } from "../runs/run-tables.ts";
import type { SessionModel } from "../predictions/session-models.ts";
import type { AccountRecord } from "./account-record.ts";
import type { SessionNote } from "./session-folder.ts";

/** Everything that is settled before a session starts: what trades what, where, and by which rules. */
export type TradingPlan = Pick<SessionNote, "mode" | "isDemo" | "params"> & {
  readonly symbols: readonly string[];
  /** Its place among several sessions; null for one that has its account for itself. */
  readonly part: SessionNote["part"];
  readonly strategyName: string;
  /** As it was asked for: a name, or the path of a file. */
  readonly strategyText: string;
  readonly strategy: AnyStrategy;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly config: RunConfig;
  /** What files say beside the bars: members, corporate actions, announced ends, costs. */
  readonly tables: RunTables;
  readonly registry: Registry;
  readonly plugins: readonly string[];
  readonly timeframe: Timeframe;
  /** What is asked for predictions, by its hash. */
  readonly models: readonly SessionModel[];
  /** How the venue is reached, for whoever must reach it without the configuration. */
  readonly broker: AccountRecord["broker"];
  readonly folder: string;
  readonly clock: Clock;
  readonly connect: () => Promise<BrokerConnection>;
  readonly source: BarSource;
  /** Bars that are held on this machine; absent where none are looked for. */
  readonly history?: (symbol: string, fromMs: number, toMs: number) => Promise<Bars>;
  readonly calendarOf: (symbol: string) => Calendar;
  readonly warmupBars: number;
  readonly triggers: KillTriggers;
  /** Who is told what happens. */
  readonly alerts: AlertConfig;
  /** The configuration that a person may edit meanwhile; absent where there is none. */
  readonly settings?: LiveSettings;
  readonly limits?: Partial<RobotLimits>;
  readonly logLevels: Readonly<Record<string, LogLevel>>;
  readonly logFilesMax: number;
  /** Texts that no log may hold. */
  readonly secrets: readonly string[];
  /** What a strategy may take in its thread. */
  readonly strategyLimits: EngineLimits;
  /** After so long without a heartbeat the watchdog pulls, by the machine's time. */
  readonly silenceMsMax: number;
};
