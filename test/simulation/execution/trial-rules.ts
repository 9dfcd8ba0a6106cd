import { secondMs } from "../../../src/base/time.ts";
import type { BrokerCapabilities } from "../../../src/ports/broker-connection.ts";
import type { Demands } from "./send-promises.ts";
import { slices, sliceMs, startMs } from "./small-market.ts";

/** What is demanded of the robot, with the limits that it is given. */
export const demands: Demands = { sends: { count: 4, spanMs: 1_000 }, collar: 0.05, dataMsMax: 30_000 };
export const endMs = startMs + slices * sliceMs;
/** A robot that has died is started again after so long. */
export const restartMsMax = 6 * secondMs;
/** After it has found the venue closed a robot looks again as late as this. */
export const closedMsMax = 62 * secondMs;
/** What the world is given after the last bar to come to rest, and after the robot was stopped. */
export const restMs = 120 * secondMs;

/** What a venue takes in this world. */
export function capabilities(reduceOnly: boolean, modify: boolean): BrokerCapabilities {
  return {
    orderTypes: ["market", "limit", "stop_market", "market_if_touched"],
    timesInForce: ["gtc", "ioc", "fok", "gtd", "day"],
    postOnly: true,
    reduceOnly,
    modify,
    clientOrderId: { lengthMax: 36, pattern: /^[a-zA-Z0-9_-]+$/ },
  };
}
