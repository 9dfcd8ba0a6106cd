import { formatDuration } from "../base/time.ts";
import type { LineState } from "../ports/broker-connection.ts";
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
  private journal: JournalStore | null = null;
  private lineDownMs: number | null = null;

  constructor(parts: {
    readonly clock: Clock;
    readonly log: RobotLog;
    readonly onIncident: (incident: Incident) => void;
  }) {
    this.clock = parts.clock;
    this.log = parts.log;
    this.onIncident = parts.onIncident;
  }

  /** Tells of a line that is down or will not have us, and to whoever was told so that it is back. */
  sayLine(line: LineState): void {
    const say = (kind: Incident["kind"], gravity: Incident["gravity"], text: string): void =>
      this.say({ kind, gravity, symbol: null, message: `the line to the venue is ${text}` });
    if (line.kind === "down") {
      // Every try to come back that fails has a reason of its own, and says nothing new.
      if (this.lineDownMs === null) say("line down", "notice", `down: ${line.reason}`);
      this.lineDownMs ??= line.atMs;
    } else if (line.kind === "refused") say("line refused", "alarm", `refused: ${line.reason}`);
    else if (line.kind === "live" && this.lineDownMs !== null) {
      // A clock that was set back meanwhile knows no span.
      const awayMs = line.atMs - this.lineDownMs;
      say("line back", "notice", awayMs < 0 ? "live again" : `live again, after ${formatDuration(awayMs)}`);
      this.lineDownMs = null;
    }
  }

  /** Tells of an incident, unless it has just been told. What is told again stands in the list once, as the newest. */
  say(incident: Omit<Incident, "atMs">): void {
    const atMs = this.clock.nowMs();
    const { kind, symbol, message, gravity } = incident;
    const at = this.list.findIndex(
      (known) => known.kind === kind && known.symbol === symbol && known.message === message,
    );
    const before = this.list[at];
    if (before !== undefined && atMs - before.atMs < sameMs) return;
    const again =
      before === undefined ? {} : { times: (before.times ?? 1) + 1, sinceMs: before.sinceMs ?? before.atMs };
    const whole = { ...incident, atMs, ...again };
    if (before !== undefined) this.list.splice(at, 1);
    this.list.push(whole);
    if (this.list.length > kept) this.list.shift();
    this.log[gravity === "alarm" ? "error" : "warn"]({ incident: kind, symbol }, message);
    this.write(whole);
    this.onIncident(whole);
  }

  /** The journal has begun: what went wrong before that stands in it from now on, behind what says whose it is. */
  openJournal(journal: JournalStore): void {
    this.journal = journal;
    for (const incident of this.list) this.write(incident);
  }

  /** From now on nothing is written any more. */
  closeJournal(): void {
    this.journal = null;
  }

  private write({ atMs, kind, message }: Incident): void {
    this.journal?.append({ kind: "incident", atMs, what: kind, message });
  }
}
