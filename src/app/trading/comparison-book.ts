import { appendFileSync } from "node:fs";
import { dayMs } from "../../base/time.ts";
import type { ExplainedDifference } from "../../robot/comparison/comparison.ts";
import type { Explanation } from "../../robot/comparison/explain-difference.ts";
import type { AlertEvent } from "../../robot/alerts/alert-rules.ts";
import type { RobotLog } from "../../robot/robot-types.ts";

/** What a comparison book says of one day: all of the session until its end, and what the day itself added. */
export type ComparedDay = ExplainedDifference & {
  /** Days since 1970, of UTC. */
  readonly day: number;
  readonly session: string;
  readonly today: DayPart;
};

/** What one day did to our money and to the backtest's, and why they differ. */
export type DayPart = Pick<ExplainedDifference, "pnl" | "shadowPnl" | "explanation">;

const nothing: DayPart = {
  pnl: 0,
  shadowPnl: 0,
  explanation: { price: 0, delay: 0, fee: 0, missed: 0, waited: 0, data: 0, rest: 0 },
};

/** Where a comparison is kept, and who hears that it no longer fits. */
export type ComparisonBookParts = {
  readonly path: string;
  readonly session: string;
  readonly log: RobotLog;
  readonly raise: (event: AlertEvent) => void;
};

/** Writes a line for every day that a session and its backtest lived through, and tells when they part. */
export class ComparisonBook {
  private readonly parts: ComparisonBookParts;
  private before: DayPart = nothing;
  private day = Number.NaN;
  private lastDrift = "";

  constructor(parts: ComparisonBookParts) {
    this.parts = parts;
  }

  /** Takes in how both stand; `atMs` is the time of the session. */
  take(difference: ExplainedDifference, atMs: number): void {
    this.tellDrift(difference, atMs);
    const day = Math.floor(atMs / dayMs);
    if (!Number.isNaN(this.day) && day !== this.day) this.write(difference);
    this.day = day;
  }

  /** Writes the day that is not over, for there will be no other time. */
  end(difference: ExplainedDifference | null): void {
    if (difference !== null && !Number.isNaN(this.day)) this.write(difference);
  }

  private write(difference: ExplainedDifference): void {
    const { path, session } = this.parts;
    const line: ComparedDay = {
      day: this.day,
      session,
      ...difference,
      today: since(this.before, difference),
    };
    appendFileSync(path, `${JSON.stringify(line)}\n`);
    this.before = difference;
  }

  /** The numbers in the text move all the time: what counts is which part of the model no longer fits. */
  private tellDrift(difference: ExplainedDifference, atMs: number): void {
    const { drift } = difference;
    const what = drift?.split(":")[0] ?? "";
    if (drift !== null && what !== this.lastDrift) {
      const { log, raise, session } = this.parts;
      log.error({ drift, difference }, `the session and its backtest part: ${drift}`);
      raise({
        kind: "cost drift",
        about: what,
        severity: "warning",
        title: `the cost model no longer fits: ${drift}`,
        text: `kiwi costs refit ${session}   shows what the fills of this session cost`,
        atMs,
      });
    }
    this.lastDrift = what;
  }
}

function since(before: DayPart, now: DayPart): DayPart {
  const explanation = Object.fromEntries(
    Object.entries(now.explanation).map(([name, part]) => [
      name,
      part - before.explanation[name as keyof Explanation],
    ]),
  ) as unknown as Explanation;
  return { pnl: now.pnl - before.pnl, shadowPnl: now.shadowPnl - before.shadowPnl, explanation };
}
