import type { ExecutionReport } from "../domain/order.ts";
import type { Session } from "../engine/session.ts";
import type { BrokerConnection } from "../ports/broker-connection.ts";
import type { Clock } from "../ports/clock.ts";
import type { JournalStore, PredictedRecord } from "../ports/journal-store.ts";
import type { RemoteMaking } from "./engine/engine-link.ts";
import type { EngineView } from "./engine/engine-view.ts";
import type {
  HeldLock,
  Incident,
  RobotEnd,
  RobotFeed,
  RobotLimits,
  RobotLog,
  RobotStatus,
  SessionMaking,
  TradingState,
} from "./robot-types.ts";

/** An engine in the thread of its robot: what its strategy does happens to the robot. */
export type LocalEngine = { readonly buildSession: (making: SessionMaking) => Session };

/** Everything a robot is put together from. Nothing happens before `startRobot`. */
export type RobotParts = {
  readonly feed: RobotFeed;
  readonly connection: BrokerConnection;
  readonly journal: JournalStore;
  readonly clock: Clock;
  /** Asked before every send: kill switch, limits of the day, a person. */
  readonly tradingState: () => TradingState;
  readonly onIncident: (incident: Incident) => void;
  readonly log: RobotLog;
  /** Names the session in every client order id; lower-case letters and digits, eight at most, unique for ever. */
  readonly sessionTag: string;
  /** What must be the same for the journal to mean the same: strategy and settings. */
  readonly identity: { readonly strategy: string; readonly settingsHash: string };
  /** What to do where the venue holds something else than our books at the start; `own`: it tells of no holdings then. */
  readonly atDifference: "adopt" | "refuse" | "own";
  /** Whether a session with this tag has traded on the account and does not run any more: its orders may be withdrawn. */
  readonly isEarlierSession?: (tag: string) => boolean;
  readonly lock?: HeldLock;
  readonly limits?: Partial<RobotLimits>;
  /** Hears what models said when the journal was written, in its place among the bars. */
  readonly takePredicted?: (record: PredictedRecord) => void;
  /** Hears what the session was told: for comparisons and records. */
  readonly onReport?: (report: ExecutionReport, timeMs: number) => void;
} & (LocalEngine | { readonly remote: RemoteMaking });

/** A robot that trades. */
export interface Robot {
  /** Of an engine in this thread; throws for one in another. */
  readonly session: Session;
  /** The session as plain data. */
  view(): EngineView;
  status(): RobotStatus;
  /** What is held of a symbol by what the venue has told, signed. */
  holding(symbol: string): number;
  /** Writes something down for people: in the journal, in the log, and to whoever hears of incidents. */
  note(incident: Omit<Incident, "atMs">): void;
  /** Ends the loop, lets answers come in for a moment and closes journal and line. Orders at the venue stay. */
  stop(): Promise<void>;
  readonly done: Promise<RobotEnd>;
}
