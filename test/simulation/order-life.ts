import { layGround, buildSession } from "../../src/app/session/build-session.ts";
import { runConfigSchema } from "../../src/app/config/run-config.ts";
import { Prng } from "../../src/base/prng.ts";
import { hourMs } from "../../src/base/time.ts";
import { BarTable } from "../../src/domain/bar-table.ts";
import type { Bars } from "../../src/domain/bars.ts";
import { field } from "../../src/domain/expression.ts";
import type { InstrumentIndex } from "../../src/domain/instrument.ts";
import type { Ledger } from "../../src/domain/ledger.ts";
import type { Protection } from "../../src/domain/target.ts";
import type { Session } from "../../src/engine/session.ts";
import { live } from "../../src/engine/step.ts";
import { historicalFeed } from "../../src/data/historical-feed.ts";
import { strategy } from "../../src/ports/strategy.ts";
import type { SimulatedBroker } from "../../src/venue/simulated-broker.ts";
import { ChaosBroker } from "./chaos-broker.ts";

const decidingBars = 40;
const quietBars = 30;

/** What a strategy of chance does with a seed: all entries, all protections, every life, reversals. */
export function chanceStrategy(seed: number) {
  return strategy({
    name: "chance",
    summary: "Trades at random.",
    params: {},
    setup: () => ({ close: field("close") }),
    memory: () => new Prng(seed),
    onBar({ series, memory: prng, target, timeMs }) {
      if (timeMs > decidingBars * hourMs || prng.next() < 0.4) return;
      const price = series.close.now;
      const weight = [0, 1, -1, 0.5, -0.5, 0.8][prng.integer(6)]!;
      const away = (share: number) => price * (1 + (prng.next() - 0.5) * share);
      const kind = (["market", "limit", "stop"] as const)[prng.integer(3)]!;
      const life =
        prng.next() < 0.8 ? {} : ({ timeInForce: (["day", "ioc"] as const)[prng.integer(2)]! } as const);
      const side = Math.sign(weight);
      const protection: Protection = {
        ...(prng.next() < 0.5 ? { stopPrice: price * (1 - side * 0.04) } : {}),
        ...(prng.next() < 0.4 ? { takeProfitPrice: price * (1 + side * 0.05) } : {}),
        ...(prng.next() < 0.2 ? { trail: { kind: "fraction", fraction: 0.02 } } : {}),
      };
      target(weight, {
        reason: "chance",
        entry: kind === "market" ? { kind } : { kind, price: away(0.03), ...life },
        ...(side === 0 ? {} : protection),
      });
    },
  });
}

/** Bars of a walk, with volumes that let orders fill in parts. */
export function walk(seed: number, symbol: string): BarTable {
  const prng = new Prng(seed);
  const bars = new BarTable(symbol, "1h");
  let price = 50 + prng.next() * 50;
  for (let row = 0; row < decidingBars + quietBars; row++) {
    const open = price * (1 + prng.normal() * 0.004);
    const close = open * (1 + prng.normal() * 0.015);
    const high = Math.max(open, close) * (1 + Math.abs(prng.normal()) * 0.005);
    const low = Math.min(open, close) * (1 - Math.abs(prng.normal()) * 0.005);
    bars.append((row + 1) * hourMs, open, high, low, close, 50 + prng.next() * 500);
    price = close;
  }
  return bars;
}

/** The settings that a seed draws: costs, latency, partial fills. */
export function chanceConfig(prng: Prng) {
  return runConfigSchema.parse({
    account: { kind: "margin", cash: 10_000, leverage: 3, maintenanceMargin: 0 },
    costs: {
      commission: { use: "rate", rate: prng.next() * 0.002 },
      slippage: { use: "fixed", rate: prng.next() * 0.001 },
      latencyMs: [0, 1_000, 20 * 60_000][prng.integer(3)]!,
      ...(prng.next() < 0.4 ? { volumeShareMax: 0.2 } : {}),
    },
    sizing: { use: "fixed-fraction", fraction: 0.5 },
    risk: { profile: "none", rules: [{ use: "position-limit", limit: 0.6 }] },
    instruments: { "*": { lotSize: prng.next() < 0.5 ? 1 : 0.01, tickSize: 0.01, calendar: "24/7" } },
  });
}

/** What was wrong in one life of orders; empty when every promise held. */
export type Violation = string;

/**
 * One seed of the order life: a strategy of chance on one or two symbols, over a road that loses, delays, repeats and
 * mixes up messages for a while and then is good. Returns every broken promise.
 */
export function liveOrders(seed: number): readonly Violation[] {
  const prng = new Prng(seed);
  const bars: Bars[] = Array.from({ length: 1 + prng.integer(2) }, (_, k) => walk(seed * 7 + k, `S${k}`));
  const config = chanceConfig(prng);
  const share = () => (prng.next() < 0.5 ? 0 : prng.next() * 0.4);
  const faults = { rejected: share() / 2, late: share(), twice: share(), slow: share() };
  const ground = layGround(bars, config);
  const made: { venue?: SimulatedBroker; road?: ChaosBroker } = {};
  const session = buildSession({ bars, strategy: chanceStrategy(seed), params: {}, config }, ground, {
    broker: (venue) => {
      made.venue = venue as SimulatedBroker;
      return (made.road = new ChaosBroker(venue, new Prng(seed + 1), faults));
    },
  });
  const watch = new PromiseWatch(session, made.venue!.ledger);
  for (const batch of historicalFeed(bars)) {
    while (batch.advance()) {
      if (batch.slice.timeMs > decidingBars * hourMs) made.road!.calm();
      live(session, batch.slice);
      watch.look(batch.slice.timeMs);
    }
  }
  watch.end();
  return watch.violations;
}

/** Holds a session against what the venue really has. */
class PromiseWatch {
  readonly violations: Violation[] = [];
  private readonly session: Session;
  private readonly truth: Ledger;
  private readonly longMax: number[] = [];
  private readonly shortMax: number[] = [];

  constructor(session: Session, truth: Ledger) {
    this.session = session;
    this.truth = truth;
  }

  look(timeMs: number): void {
    for (const { index, lotSize } of this.session.pipeline.instruments) {
      const wanted = this.session.targets.of(index)?.quantity ?? 0;
      this.longMax[index] = Math.max(this.longMax[index] ?? 0, wanted);
      this.shortMax[index] = Math.min(this.shortMax[index] ?? 0, wanted);
      const there = this.truth.quantity[index]!;
      if (there > this.longMax[index]! + lotSize / 2 || there < this.shortMax[index]! - lotSize / 2)
        this.say(
          timeMs,
          index,
          `holds ${there}, never wanted beyond ${this.shortMax[index]} to ${this.longMax[index]}`,
        );
    }
  }

  end(): void {
    const { portfolio, orders, pipeline, targets } = this.session;
    const timeMs = (decidingBars + quietBars) * hourMs;
    if (Math.abs(portfolio.ledger.cash - this.truth.cash) > 1e-6)
      this.say(timeMs, 0, `our cash ${portfolio.ledger.cash}, the venue's ${this.truth.cash}`);
    for (const { index, lotSize } of pipeline.instruments) {
      const held = portfolio.ledger.quantity[index]!;
      if (Math.abs(held - this.truth.quantity[index]!) > 1e-9)
        this.say(timeMs, index, `our books hold ${held}, the venue's ${this.truth.quantity[index]}`);
      const standing = targets.of(index);
      if (standing === null) continue;
      // Its own stop or target is still at it: what is left follows when the market takes it.
      if (standing.isClosing && orders.guards(index, held).length > 0) continue;
      const reached = held + orders.onTheWay(index);
      if (Math.abs(standing.quantity - reached) > lotSize / 2)
        this.say(timeMs, index, `wants ${standing.quantity} and gets to ${reached}`);
      this.lookAtProtection(index, held, standing.protection);
    }
  }

  private lookAtProtection(index: InstrumentIndex, held: number, protection: Protection): void {
    const standing = this.session.targets.of(index)!;
    const side = Math.sign(standing.target.quantity);
    if (held === 0 || Math.sign(held) !== Math.sign(standing.quantity) || Math.sign(held) !== side) return;
    const levels = Object.values(protection).filter((level) => level !== undefined).length;
    const working = this.session.orders.open(index).filter(({ request }) => request.closePosition);
    if (levels > 0 && working.length === 0) this.say(0, index, `holds ${held} without its ${levels} levels`);
  }

  private say(timeMs: number, index: number, what: string): void {
    this.violations.push(`hour ${timeMs / hourMs}, S${index}: ${what}`);
  }
}
