import type { RobotLimits } from "./robot-types.ts";

/** What trusted systems promise: asked every two seconds, believed after five, compared every ten and every sixty. */
export const usualLimits: RobotLimits = {
  sends: { count: 100, spanMs: 1_000 },
  answerMs: 5_000,
  askEveryMs: 2_000,
  unknownMs: 5_000,
  missesMin: 3,
  resendsMax: 3,
  staleOrderMs: 60_000,
  priceCollar: Infinity,
  openOrdersEveryMs: 10_000,
  positionsEveryMs: 60_000,
  quietMs: 5_000,
};
