import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { Acknowledgement, BrokerConnection, VenueOrderRequest } from "../../ports/broker-connection.ts";
import type { Clock } from "../../ports/clock.ts";
import type { DeskEvent, ErrandKind, JournalStore } from "../../ports/journal-store.ts";
import type { Ticket } from "../desk/desk-state.ts";
import type { OrderDesk } from "../desk/order-desk.ts";
import type { Patience } from "../patience.ts";
import type { HeldLock, Incident, RobotCounts, RobotLimits, RobotLog, TradingState } from "../robot-types.ts";

/** What a courier works with. */
export type CourierParts = {
  readonly connection: BrokerConnection;
  readonly clock: Clock;
  readonly journal: JournalStore;
  readonly desk: OrderDesk;
  readonly limits: RobotLimits;
  readonly lock: HeldLock | null;
  readonly log: RobotLog;
  readonly patience: Patience;
  readonly counts: { -readonly [K in keyof RobotCounts]: RobotCounts[K] };
  readonly tradingState: () => TradingState;
  /** When the session began, by the venue: what filled before that is in the holdings that it began with. */
  readonly sinceMs: number;
  /** What the session wants of an instrument beyond what it holds, signed. */
  readonly missing: (instrument: InstrumentIndex) => number;
  /** Writes an event down and tells the desk. */
  readonly hear: (event: DeskEvent) => void;
  readonly say: (incident: Omit<Incident, "atMs">) => void;
  /** The courier cannot go on. */
  readonly fail: (error: unknown) => void;
};

/** Something to be brought to the venue. */
export type Errand = {
  readonly ticket: Ticket;
  readonly errand: ErrandKind;
  readonly request: VenueOrderRequest;
};

/** A venue's no. */
export type Refusal = Extract<Acknowledgement, { readonly kind: "rejected" }>;
