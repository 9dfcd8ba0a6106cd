import type { DecisionEvent } from "../../engine/decision-log/event-table.ts";
import type { BacktestResult } from "./run-backtest.ts";

/** The first moment at which two runs part, and what each of them did then; null where one did nothing. */
export type FirstDifference = {
  readonly timeMs: number;
  readonly one: string | null;
  readonly other: string | null;
};

/** Walks through the decisions, orders and fills of two runs; null when all of them are alike. */
export function firstDifference(one: BacktestResult, other: BacktestResult): FirstDifference | null {
  const [a, b] = [one.log.events, other.log.events];
  for (let row = 0; row < Math.max(a.length, b.length); row++) {
    const left = row < a.length ? a.at(row) : null;
    const right = row < b.length ? b.at(row) : null;
    const [leftText, rightText] = [textOf(one, left), textOf(other, right)];
    if (left?.timeMs === right?.timeMs && leftText === rightText) continue;
    const timeMs = Math.min(left?.timeMs ?? Infinity, right?.timeMs ?? Infinity);
    return {
      timeMs,
      one: left?.timeMs === timeMs ? leftText : null,
      other: right?.timeMs === timeMs ? rightText : null,
    };
  }
  return null;
}

function textOf({ ground }: BacktestResult, event: DecisionEvent | null): string | null {
  if (event === null) return null;
  const { instrument, kind, first, second, third, text } = event;
  const symbol = ground.instruments[instrument]?.symbol ?? "";
  const numbers = [first, second, third].filter((value) => !Number.isNaN(value));
  return [kind, symbol, ...numbers, text === "" ? "" : `(${text})`].filter((part) => part !== "").join(" ");
}
