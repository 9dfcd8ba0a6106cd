import { countText } from "./number-text.ts";

/** Fewer closed trades than this cannot carry a judgement. */
export const tradesMin = 30;

/** Whether a run closed no trade and filled too little to be judged by its returns instead. */
export function saysNothing({ trades }: { readonly trades: number }, fills: number): boolean {
  return trades === 0 && fills < tradesMin;
}

/** So many closed trades, in words. */
export function closedTradesText(trades: number): string {
  return `${countText(trades)} closed ${trades === 1 ? "trade" : "trades"}`;
}

/** What is missing of a run that only made its holdings larger and smaller, in a sentence. */
export function neverClosedText(fills: number): string {
  return `No position was closed as a whole in ${countText(fills)} fills: figures of trades are n/a.`;
}
