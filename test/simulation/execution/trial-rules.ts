import type { Prng } from "../../../src/base/prng.ts";
import { accountOptions, venueOptions } from "../../../src/emulator/exchange/account-options.ts";
import { Exchange } from "../../../src/emulator/exchange/exchange.ts";
import { ExchangeSide } from "./exchange-side.ts";
import type { VirtualWorld } from "./virtual-world.ts";
import { secondMs } from "../../../src/base/time.ts";
import type { BrokerCapabilities } from "../../../src/ports/broker-connection.ts";
import type { TradingState } from "../../../src/robot/robot-types.ts";
import type { Roads } from "./faulty-link.ts";
import type { BrokenPromises } from "./promises.ts";
import type { RobotLife } from "./robot-life.ts";
import type { Demands } from "./send-promises.ts";
import { cash, listings, slices, sliceMs, startMs, tapeOf } from "./small-market.ts";

/** What is demanded of the robot, with the limits that it is given. */
export const demands: Demands = { sends: { count: 4, spanMs: 1_000 }, collar: 0.05, dataMsMax: 30_000 };
export const endMs = startMs + slices * sliceMs;
/** A robot that has died is started again after so long. */
export const restartMsMax = 6 * secondMs;
/** After it has found the venue closed a robot looks again as late as this. */
const closedMsMax = 62 * secondMs;
/** What the world is given after the last bar to come to rest, and after the robot was stopped. */
export const restMs = 120 * secondMs;

/** What a venue takes in this world. */
function capabilities(reduceOnly: boolean, modify: boolean): BrokerCapabilities {
  return {
    orderTypes: ["market", "limit", "stop_market", "market_if_touched"],
    timesInForce: ["gtc", "ioc", "fok", "gtd", "day"],
    postOnly: true,
    reduceOnly,
    modify,
    clientOrderId: { lengthMax: 36, pattern: /^[a-zA-Z0-9_-]+$/ },
  };
}

/** The venue of a seed, with habits of its own. */
export function openVenue(
  world: VirtualWorld,
  prng: Prng,
  { seed, leverage, quantityMax }: { seed: number; leverage: number; quantityMax: number | undefined },
) {
  const exchange = new Exchange({ listings, bars: tapeOf(seed), hasHedgeMode: false, seed });
  const hasReduceOnly = prng.next() < 0.8;
  const reach = capabilities(hasReduceOnly, prng.next() < 0.7);
  const habits = { hasReduceOnly, refusesReached: prng.next() < 0.5, quantityMax };
  const commission = { fee: (quantity: number) => quantity * 0.01, rate: () => 0.0002 };
  const volumeShareMax = prng.next() < 0.4 ? 0.1 : Infinity;
  const rules = { commission, leverage, maintenanceMargin: 0, volumeShareMax };
  const venue = venueOptions("margin", { maker: 0, taker: 0 }, rules);
  const account = exchange.openAccount(accountOptions({ cash, venue }));
  return { exchange, venue: new ExchangeSide(exchange, account, world, habits), capabilities: reach };
}

/** Roads on which nothing stands in the way but what their faults do. */
export function openRoads(faults: Roads["faults"]): Roads {
  return {
    faults,
    isStorm: false,
    isClosed: false,
    isBanned: false,
    openedMs: -Infinity,
    failingSymbol: null,
    forgottenAtMs: -Infinity,
  };
}

/** Whether nobody can place a stop: nothing is taken, or was until just now. */
export function mayBeBare(symbol: string, roads: Roads, { state }: TradingState, nowMs: number): boolean {
  const { isStorm, isClosed, isBanned, failingSymbol, openedMs } = roads;
  const isJustOpen = nowMs - openedMs < closedMsMax;
  // Under a pulled switch exits wait until it is lifted.
  const isHalted = state === "halted";
  return isHalted || isStorm || isClosed || isBanned || isJustOpen || failingSymbol === symbol;
}

/** What a robot is, its journal must make again: at any time, and so when it has recovered. */
export function lookAtJournal(life: RobotLife, promise: 18 | 19, broken: BrokenPromises): void {
  try {
    const { now, again } = life.livedAgain();
    if (now !== again) broken.say(promise, `the journal makes\n${again}\nand the robot is\n${now}`);
  } catch (error) {
    broken.say(promise, `the journal cannot be lived through: ${String(error)}`);
  }
}
