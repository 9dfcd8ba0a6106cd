import type { Clock } from "../ports/clock.ts";
import type { JournalStore } from "../ports/journal-store.ts";
import type { Incident, RobotLog } from "./robot-types.ts";

const kept = 200;
/** The same incident is told once in so long. */
const sameMs = 60_000;

/** What went wrong lately, and who must hear of it: log, journal and whoever watches. */
export class Incidents {
  /** The newest, oldest first. */
  readonly list: Incident[] = [];
  private readonly clock: Clock;
  private readonly log: RobotLog;
  private readonly onIncident: (incident: Incident) => void;
  private journal: JournalStore | null;

  constructor(parts: {
    readonly clock: Clock;
    readonly log: RobotLog;
    readonly journal: JournalStore;
    readonly onIncident: (incident: Incident) => void;
  }) {
    this.clock = parts.clock;
    this.log = parts.log;
    this.journal = parts.journal;
    this.onIncident = parts.onIncident;
  }

  /** Tells of an incident, unless it has just been told. */
  say(incident: Omit<Incident, "atMs">): void {
    const atMs = this.clock.nowMs();
    const { kind, symbol, message, gravity } = incident;
    const isTold = this.list.some(
      (known) =>
        known.kind === kind &&
        known.symbol === symbol &&
        known.message === message &&
        atMs - known.atMs < sameMs,
    );
    if (isTold) return;
    const whole = { ...incident, atMs };
    this.list.push(whole);
    if (this.list.length > kept) this.list.shift();
    this.log[gravity === "alarm" ? "error" : "warn"]({ incident: kind, symbol }, message);
    this.journal?.append({ kind: "incident", atMs, what: kind, message });
    this.onIncident(whole);
  }

  /** From now on nothing is written any more. */
  closeJournal(): void {
    this.journal = null;
  }
}
