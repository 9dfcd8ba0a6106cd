import type { Clock } from "../ports/clock.ts";

/** Longer timers overflow in Node and fire at once. */
const timerMsMax = 2_147_483_647;

/** The machine's own time. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  schedule(spanMs, run) {
    const timer = setTimeout(run, Math.min(Math.max(0, spanMs), timerMsMax));
    return () => clearTimeout(timer);
  },
};
