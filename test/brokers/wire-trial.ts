import { systemClock } from "../../src/adapters/system-clock.ts";
import { Prng } from "../../src/base/prng.ts";
import type { OrderTerms } from "../../src/domain/order.ts";
import { parseFaults } from "../../src/emulator/faults/parse-faults.ts";
import type {
  BrokerConnection,
  OpenOrders,
  VenueFill,
  VenueOrder,
  VenueOrderRequest,
} from "../../src/ports/broker-connection.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { EmulatorLab } from "../emulator-lab.ts";
import { heldAfter, tapeStartMs, triedSubjects, type Subject } from "./emulated-brokers.ts";
import { drawFaults, tape } from "./wire-faults.ts";

/** What one run over a faulty wire came to. */
export type WireTrial = {
  readonly broker: string;
  readonly faults: string;
  readonly orders: number;
  readonly unknown: number;
  readonly resent: number;
  readonly fills: number;
  readonly linesLost: number;
  /** Promises that were broken, in words. */
  readonly violations: readonly string[];
};

const bars = 8;
/** What a careless trader adds to the name of an order that he sends again. */
const again = "-again";
/** Waits are this much shorter than they are meant: what is tried is their order, not their length. */
const hurry = 50;

/** A clock that is in a hurry from the moment when it is told so: opening may take its time on a busy machine. */
class HurriedClock implements Clock {
  isHurried = false;

  nowMs(): number {
    return systemClock.nowMs();
  }

  schedule(spanMs: number, run: () => void): () => void {
    return systemClock.schedule(this.isHurried ? spanMs / hurry : spanMs, run);
  }
}

/**
 * A person who keeps the rules trades over a faulty wire: what is unknown is asked for, what is not found after a while is
 * sent again under the same id. When the faults stop, there is no order twice, and both books are the same. `isCareless`
 * breaks the rule that matters: what is unknown is sent again at once, under another name.
 */
export async function wireTrial(seed: number, isCareless = false): Promise<WireTrial> {
  const prng = new Prng(seed);
  const subject = triedSubjects[seed % triedSubjects.length]!;
  const lab = await subject.start(tape(prng, bars), "");
  const clock = new HurriedClock();
  const broker = await subject.connect(lab, clock, 300);
  const trader = new CarefulTrader(broker, subject, prng, isCareless);
  try {
    await trader.open();
    clock.isHurried = true;
    const faults = drawFaults(prng, seed);
    lab.faults.spec = parseFaults(faults);
    for (let bar = 1; bar < bars; bar++) {
      await trader.act();
      lab.exchange.advance();
      if (prng.next() < 0.3) await pause(2);
    }
    lab.faults.stop();
    const violations = [...(await trader.settle()), ...compare(lab, trader)];
    return { broker: subject.name, faults, ...trader.counts, fills: trader.fills.size, violations };
  } finally {
    await broker.close();
    await lab.close();
  }
}

/** The exchange's own books against what the connection told and answered. */
function compare(lab: EmulatorLab, trader: CarefulTrader): readonly string[] {
  const violations: string[] = [];
  const names = new Map<string, number>();
  for (const { clientOrderId, labels } of lab.account.orders.history()) {
    // A venue that takes a name twice keeps it beside the order.
    const intent = (clientOrderId ?? labels["orderRef"])?.replace(again, "") ?? null;
    if (intent !== null) names.set(intent, (names.get(intent) ?? 0) + 1);
  }
  for (const [name, count] of names) if (count > 1) violations.push(`${name} is ${count} orders`);
  const theirs = heldAfter(lab.account.fills);
  if (Math.abs(theirs - trader.position) > 1e-9)
    violations.push(`the exchange holds ${theirs}, our fills make ${trader.position}`);
  if (lab.account.fills.length !== trader.fills.size)
    violations.push(`the exchange has ${lab.account.fills.length} fills, we have ${trader.fills.size}`);
  const working = lab.account.orders.open().length;
  if (working > 0) violations.push(`${working} orders still work after everything was canceled`);
  return violations;
}

class CarefulTrader {
  readonly fills = new Map<string, VenueFill>();
  readonly counts = { orders: 0, unknown: 0, resent: 0, linesLost: 0 };
  private readonly broker: BrokerConnection;
  private readonly subject: Subject;
  private readonly prng: Prng;
  /** Orders of which nobody knows whether they live. */
  private readonly doubtful: VenueOrderRequest[] = [];
  private readonly sent: string[] = [];

  private readonly isCareless: boolean;

  constructor(broker: BrokerConnection, subject: Subject, prng: Prng, isCareless: boolean) {
    this.isCareless = isCareless;
    this.broker = broker;
    this.subject = subject;
    this.prng = prng;
  }

  get position(): number {
    return heldAfter(this.fills.values());
  }

  async open(): Promise<void> {
    await this.broker.open(
      {
        onOrder() {},
        onFill: (fill) => void this.fills.set(fill.fillId, fill),
        onLine: ({ kind }) => void (this.counts.linesLost += kind === "down" ? 1 : 0),
      },
      new AbortController().signal,
    );
    await this.broker.instruments([this.subject.symbol]);
  }

  /** Some orders, now and then a cancel; before that, what is unknown is asked for. */
  async act(): Promise<void> {
    for (const order of this.doubtful.splice(0)) await this.resolve(order, 2);
    for (let k = this.prng.integer(3); k > 0; k--) await this.send(this.draw());
    const old = this.sent[this.prng.integer(Math.max(1, this.sent.length))];
    if (old !== undefined && this.prng.next() < 0.4) await this.broker.cancel(old, this.subject.symbol);
  }

  /** Without faults: everything unknown is resolved, everything that works is canceled, every fill is asked for. */
  async settle(): Promise<readonly string[]> {
    for (const order of this.doubtful.splice(0)) await this.resolve(order, 20);
    const left = this.doubtful.map(({ clientOrderId }) => `${clientOrderId} is still unknown`);
    let open: OpenOrders = { kind: "unknown", reason: "not asked yet" };
    for (let tries = 0; tries < 40 && (open.kind === "unknown" || open.orders.length > 0); tries++) {
      await this.broker.cancelAll();
      open = await this.broker.openOrders();
      await pause(2);
    }
    if (open.kind === "unknown") left.push(`open orders are unknown: ${open.reason}`);
    else if (open.orders.length > 0) left.push(`${open.orders.length} orders cannot be canceled`);
    const told = this.fills.size;
    const asked = await this.broker.fillsSince(tapeStartMs);
    for (const fill of asked) this.fills.set(fill.fillId, fill);
    if (this.fills.size !== asked.length)
      left.push(`${told} fills were told and ${asked.length} asked for: together ${this.fills.size}`);
    const account = await this.broker.account();
    const held = account.positions.get(this.subject.symbol)?.quantity ?? 0;
    if (Math.abs(held - this.position) > 1e-9)
      left.push(`the account holds ${held}, our fills make ${this.position}`);
    return left;
  }

  private async send(order: VenueOrderRequest): Promise<void> {
    const answer = await this.broker.submit(order);
    if (answer.kind === "accepted") this.sent.push(order.clientOrderId);
    if (answer.kind !== "unknown") return;
    this.counts.unknown += 1;
    if (this.isCareless) {
      await this.broker.submit({ ...order, clientOrderId: `${order.clientOrderId}${again}` });
      return;
    }
    await this.resolve(order, 3);
  }

  /** Asks; what is not found in `patience` tries is sent again under its own name. */
  private async resolve(order: VenueOrderRequest, patience: number): Promise<void> {
    for (let tries = 0; tries < patience; tries++) {
      if ((await this.find(order)) !== null) return void this.sent.push(order.clientOrderId);
      await pause(3);
    }
    this.counts.resent += 1;
    const answer = await this.broker.submit(order);
    if (answer.kind === "accepted") this.sent.push(order.clientOrderId);
    // A refusal that says the message was not sent says nothing about the first one.
    if (answer.kind === "unknown" || (answer.kind === "rejected" && answer.reason.startsWith("not sent")))
      this.doubtful.push(order);
  }

  private async find({ clientOrderId, symbol }: VenueOrderRequest): Promise<VenueOrder | null> {
    try {
      return await this.broker.order(clientOrderId, symbol);
    } catch {
      return null;
    }
  }

  private draw(): VenueOrderRequest {
    const { prng, broker } = this;
    this.counts.orders += 1;
    const isMarket = prng.next() < 0.5;
    const terms: OrderTerms = isMarket
      ? { type: "market" }
      : { type: "limit", limitPrice: 95 + prng.integer(10) };
    const time = broker.capabilities.timesInForce.includes("ioc") && isMarket ? "ioc" : "gtc";
    return {
      clientOrderId: `wire-${this.counts.orders}`,
      symbol: this.subject.symbol,
      side: prng.next() < 0.7 ? "buy" : "sell",
      quantity: 1 + prng.integer(3),
      terms,
      timeInForce: time,
      expireTimeMs: Number.POSITIVE_INFINITY,
      postOnly: false,
      reduceOnly: false,
    };
  }
}

function pause(spanMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, spanMs));
}
