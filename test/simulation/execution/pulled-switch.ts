import type { VenueFill } from "../../../src/ports/broker-connection.ts";
import { closeAccount } from "../../../src/robot/kill/close-account.ts";
import { isClosingOrderId } from "../../../src/robot/kill/closing-order-id.ts";
import type { MishapParts } from "./mishaps.ts";
import { symbols } from "./small-market.ts";

/** What closes an account: the real thing, or one with a fault. */
export type CloseAccount = typeof closeAccount;

const log = { debug() {}, info() {}, warn() {}, error() {} };

/** The kill switch is pulled: the robot is halted, and its account is closed over the same bad roads. Reset after `spanMs`. */
export function pullSwitch(parts: MishapParts, spanMs: number): void {
  const { world, prng, roads, trading, venue, broken, sends } = parts;
  const life = parts.life();
  if (life === null || trading.closing !== null) return;
  const closing = new AbortController();
  trading.closing = closing;
  trading.state = { state: "halted", reason: "the kill switch is pulled" };
  for (const symbol of symbols) sends.tradedByHand.add(symbol);
  // A venue takes back some at once, and others when it is asked again.
  const { faults } = roads;
  roads.faults = { ...faults, cancelLimited: prng.next() * 0.6 };
  world.after(spanMs, () => {
    closing.abort(new Error("the switch is reset"));
    roads.faults = {
      ...roads.faults,
      cancelLimited: Math.min(roads.faults.cancelLimited, faults.cancelLimited),
    };
    trading.state = { state: "active", reason: "" };
    trading.closing = null;
  });
  const sinceMs = world.nowMs;
  const before = new Set(venue.openOrders().map(({ clientOrderId }) => clientOrderId));
  const action = prng.next() < 0.5 ? "flatten" : "freeze";
  const pull = { id: `${sinceMs.toString(36)}xx`, action } as const;
  const clock = world.clockOf(life.process);
  const close = parts.closeAccount ?? closeAccount;
  void close({ connection: life.link, clock, log, pull, signal: closing.signal }).then(
    () => {
      const open = venue.openOrders().filter(({ clientOrderId }) => before.has(clientOrderId));
      if (open.length > 0)
        broken.say(25, `${open.map(({ clientOrderId }) => clientOrderId).join(", ")} still work`);
      // What was on the road when it was pulled may come after all.
      const isStray = ({ clientOrderId: name }: VenueFill): boolean =>
        !before.has(name) && !isClosingOrderId(name);
      // What is filled beyond an order while the last answer is on its way nobody has seen.
      if (world.nowMs - venue.overfilledMs < 1_000) return;
      if (action === "freeze" || venue.fillsSince(sinceMs).some(isStray)) return;
      for (const symbol of symbols)
        if (venue.held(symbol) !== 0) broken.say(25, `${venue.held(symbol)} ${symbol} is held`);
    },
    () => {},
  );
}
