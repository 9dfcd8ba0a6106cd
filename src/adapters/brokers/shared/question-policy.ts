import type { RetryPolicy } from "../../shared/backoff.ts";

/** How patiently a question about orders and money is asked: whoever waits for it holds back orders meanwhile. */
export const questionPolicy: RetryPolicy = {
  attemptsMax: 3,
  delayMsBase: 250,
  delayMsMax: 2_000,
  pauseMsMax: 5_000,
};
