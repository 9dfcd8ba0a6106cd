import type { Prng } from "../../../src/base/prng.ts";
import { hourMs } from "../../../src/base/time.ts";
import type { TradingState } from "../../../src/robot/robot-types.ts";
import type { Coverage } from "./coverage.ts";
import type { ExchangeSide } from "./exchange-side.ts";
import type { Mishap } from "./faults.ts";
import type { Roads } from "./faulty-link.ts";
import type { MemoryDisk } from "./memory-disk.ts";
import type { RobotLife } from "./robot-life.ts";
import type { SendPromises } from "./send-promises.ts";
import type { BrokenPromises } from "./promises.ts";
import { pullSwitch, type CloseAccount } from "./pulled-switch.ts";
import { symbols } from "./small-market.ts";
import type { VirtualWorld } from "./virtual-world.ts";

/** What a mishap may lay hands on. */
export type MishapParts = {
  readonly world: VirtualWorld;
  readonly prng: Prng;
  readonly venue: ExchangeSide;
  readonly disk: MemoryDisk;
  readonly roads: Roads;
  readonly coverage: Coverage;
  readonly sends: SendPromises;
  readonly trading: { state: TradingState; closing: AbortController | null };
  readonly broken: BrokenPromises;
  /** The robot that lives now; null between two lives. */
  readonly life: () => RobotLife | null;
  /** What closes an account when the kill switch is pulled; the real thing where nothing is said. */
  readonly closeAccount: CloseAccount | undefined;
  /** Somebody starts the program again although it runs. */
  readonly startSecond: () => void;
  /** A person ends the robot and starts another strategy on the account. */
  readonly startOther: () => void;
};

const active: TradingState = { state: "active", reason: "" };

/** Lets something go wrong that goes wrong once. */
export function happen(mishap: Mishap, parts: MishapParts): void {
  const { world, prng, disk, roads, coverage, trading } = parts;
  const life = parts.life();
  const spanMs = 2_000 + prng.integer(60_000);
  switch (mishap) {
    case "disconnect":
      return life?.link.disconnect(spanMs);
    case "silence":
      return life?.link.fallSilent(spanMs);
    case "crash":
      return life?.kill();
    case "crash at a call":
      return life?.dieAfter(1 + prng.integer(12));
    case "crash before a send":
    case "crash after a send":
    case "crash at a fill":
      return life?.dieAt(mishap);
    case "second robot":
      return parts.startSecond();
    case "manual trade":
      return tradeByHand(parts);
    case "manual trade while away":
      coverage.hit(56);
      life?.kill();
      return tradeByHand(parts);
    case "overfill":
      return overfill(parts);
    case "clock jump":
      if (life === null) return;
      coverage.hit(12);
      coverage.hit(59);
      life.process.clockAheadMs += Math.round((prng.next() - 0.5) * 8_000);
      return;
    case "stall":
      if (life === null) return;
      coverage.hit(58);
      life.process.stalledUntilMs = world.nowMs + spanMs / 4;
      return;
    case "disk full":
    case "sync fails":
      coverage.hit(52);
      disk.state = mishap === "disk full" ? "full" : "failing";
      return;
    case "halt":
      trading.state = {
        state: prng.next() < 0.5 ? "halted" : "reducing",
        reason: "a person wants it",
      };
      if (life !== null && prng.next() < 0.5) {
        life.link.disconnect(spanMs);
        coverage.hit(64);
      }
      world.after(spanMs, () => (trading.state = active));
      return;
    case "reject storm":
      roads.isStorm = true;
      world.after(spanMs, () => (roads.isStorm = false));
      return;
    case "symbol fails":
      roads.failingSymbol = symbols[prng.integer(symbols.length)]!;
      world.after(spanMs, () => (roads.failingSymbol = null));
      return;
    case "forgets orders":
      life?.kill();
      roads.forgottenAtMs = world.nowMs;
      return;
    case "ban":
    case "venue closes":
      return closeVenue(mishap === "ban" ? "isBanned" : "isClosed", parts, spanMs);
    case "rules change":
      return parts.venue.setTickSize(symbols[prng.integer(symbols.length)]!, 0.05);
    case "kill switch":
      return pullSwitch(parts, spanMs);
    case "another session":
      return parts.startOther();
    case "clock set anew":
      if (life === null) return;
      coverage.hit(59);
      life.process.clockAheadMs = Math.round((prng.next() - 0.5) * 2 * hourMs);
      return;
  }
}

/** Everything is well again, for good. */
export function mend(parts: MishapParts): void {
  const { roads, disk, trading } = parts;
  const life = parts.life();
  roads.isStorm = false;
  roads.isClosed = false;
  roads.isBanned = false;
  roads.openedMs = parts.world.nowMs;
  trading.closing?.abort(new Error("the switch is reset"));
  roads.failingSymbol = null;
  roads.forgottenAtMs = -Infinity;
  disk.state = "healthy";
  trading.state = active;
  if (life === null) return;
  life.link.comeBack();
  // Whoever looks after the machine has set its clock.
  life.process.clockAheadMs = Math.max(-4_000, Math.min(4_000, life.process.clockAheadMs));
  life.dieAfter(Infinity);
  life.dieAt(null);
}

function closeVenue(how: "isBanned" | "isClosed", { roads, world }: MishapParts, spanMs: number): void {
  roads[how] = true;
  world.after(spanMs, () => {
    roads[how] = false;
    roads.openedMs = world.nowMs;
  });
}

function tradeByHand({ prng, venue, sends }: MishapParts): void {
  const symbol = symbols[prng.integer(symbols.length)]!;
  sends.tradedByHand.add(symbol);
  venue.tradeByHand(symbol, prng.next() < 0.5 ? "buy" : "sell", 1 + prng.integer(50));
}

function overfill({ prng, venue, sends, coverage }: MishapParts): void {
  const symbol = venue.overfill(1 + prng.integer(20));
  if (symbol === null) return;
  coverage.hit(32);
  sends.tradedByHand.add(symbol);
}
