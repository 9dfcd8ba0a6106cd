import { formatTime } from "../../../base/time.ts";
import type { DecisionEvent } from "../../../engine/decision-log/event-table.ts";
import type { Session } from "../../../engine/session.ts";
import { Shadow } from "../../../robot/comparison/shadow.ts";
import { sha256 } from "../../../base/hash.ts";
import { buildSession, layGround } from "../../session/build-session.ts";
import type { StoredReplay } from "../replay-stored.ts";

/** What a session wanted, bar by bar, beside what the backtest of the same bars wants. */
export type HeldAgainst = {
  readonly decisions: number;
  /** SHA-256 over time, symbol, weight and reason of every decision: what fills cost is no part of it. */
  readonly hash: string;
  readonly backtestHash: string;
  /** The first decision that only one of them took, in words; null where they took the same. */
  readonly difference: string | null;
};

/**
 * Holds the decisions of a session that was kept against a backtest of its bars. Bars that came too late to be decided on
 * only count as history in both. Prices of fills differ at a real venue, and sizes with them: what is compared is what the
 * strategy wanted, and why.
 */
export function heldAgainstBacktest({ session, setup, staleTimes }: StoredReplay): HeldAgainst {
  const { tradeFromMs: _, ...whole } = setup;
  const ground = layGround(whole.bars, whole.config, whole.timeframe, whole.actions);
  const shadow = new Shadow(buildSession(whole, ground), whole.bars, -Infinity, staleTimes);
  shadow.advance(Infinity);
  const [own, modelled] = [linesOf(session), linesOf(shadow.session)];
  const row = Array.from({ length: Math.max(own.length, modelled.length) }, (_gap, k) => k).find(
    (k) => own[k] !== modelled[k],
  );
  const difference =
    row === undefined
      ? null
      : `${own[row] ?? "nothing more"}, in the backtest ${modelled[row] ?? "nothing more"}`;
  return {
    decisions: own.length,
    hash: sha256(own.join("\n")),
    backtestHash: sha256(modelled.join("\n")),
    difference,
  };
}

function linesOf({ recorder, pipeline }: Session): readonly string[] {
  const { events } = recorder.log;
  const lines: string[] = [];
  for (let row = 0; row < events.length; row++) {
    const event = events.at(row);
    if (event.kind === "signal") lines.push(lineOf(event, pipeline.instruments[event.instrument]!.symbol));
  }
  return lines;
}

function lineOf({ timeMs, first, text }: DecisionEvent, symbol: string): string {
  return `${formatTime(timeMs)} ${symbol} ${first} ${text}`;
}
