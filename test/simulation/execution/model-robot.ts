import type { ApprovedOrder, ExecutionReport, OrderId } from "../../../src/domain/order.ts";
import type { MarketSlice } from "../../../src/domain/slice.ts";
import { JournaledBroker } from "../../../src/engine/journal/journaled-broker.ts";
import { restoreSession } from "../../../src/engine/journal/restore-session.ts";
import { live } from "../../../src/engine/step.ts";
import type { Broker } from "../../../src/ports/broker.ts";
import type { VenueFill, VenueOrder } from "../../../src/ports/broker-connection.ts";
import { sleep } from "../../../src/ports/clock.ts";
import type { Robot, RobotEnd, RobotParts } from "../../../src/robot/robot-types.ts";

class Desk implements Broker {
  inbox: ExecutionReport[] = [];
  out: (() => void)[] = [];
  send: (o: ApprovedOrder) => void = () => {};
  cancelIt: (o: ApprovedOrder) => void = () => {};
  get hasAnswers() {
    return false;
  }
  quietUntil(from: number) {
    return from;
  }
  submit(o: ApprovedOrder) {
    this.out.push(() => this.send(o));
  }
  cancel(o: ApprovedOrder) {
    this.out.push(() => this.cancelIt(o));
  }
  modify(o: ApprovedOrder) {
    this.inbox.push({ kind: "modify_rejected", orderId: o.id, timeMs: 0, code: "other", reason: "no" });
  }
  advance(_: MarketSlice) {
    const r = this.inbox;
    this.inbox = [];
    return r;
  }
}

export async function startModel(parts: RobotParts): Promise<Robot> {
  const { feed, journal, connection, clock } = parts;
  const desk = new Desk();
  let jb!: JournaledBroker;
  const abort = new AbortController();
  const ids = new Map<string, ApprovedOrder>();
  const fillNo = new Map<string, number>();
  const ended = new Set<string>();
  const cum = new Map<string, number>();
  const idOf = (o: ApprovedOrder) => `simo${o.id}`;
  const session = parts.buildSession({
    bars: feed.bars,
    cash: 100_000,
    broker: (_, market) => (jb = new JournaledBroker(desk, market, journal, "outside")),
  });
  const onFill = (f: VenueFill) => {
    const o = f.clientOrderId === null ? undefined : ids.get(f.clientOrderId);
    if (fillNo.has(f.fillId)) return;
    fillNo.set(f.fillId, Number.parseInt(f.fillId.slice(0, 8), 16));
    const c = (cum.get(f.venueOrderId) ?? 0) + f.quantity;
    cum.set(f.venueOrderId, c);
    desk.inbox.push({
      kind: "filled",
      isComplete: o !== undefined && c >= o.quantity,
      fill: {
        fillId: fillNo.get(f.fillId)!,
        orderId: (o?.id ?? 9999999) as OrderId,
        instrument: feed.bars.findIndex((b) => b.symbol === f.symbol) as never,
        side: f.side,
        quantity: f.quantity,
        cumulativeQuantity: c,
        price: f.price,
        fee: f.fee,
        slippageCost: 0,
        liquidity: f.liquidity,
        timeMs: f.venueTimeMs,
      },
    });
    feed.wake();
  };
  const onOrder = (v: VenueOrder) => {
    const o = v.clientOrderId === null ? undefined : ids.get(v.clientOrderId);
    if (o === undefined || ended.has(v.clientOrderId!)) return;
    if (v.status === "canceled" || v.status === "rejected" || v.status === "expired") {
      ended.add(v.clientOrderId!);
      desk.inbox.push({
        kind: v.status,
        orderId: o.id,
        timeMs: v.venueTimeMs,
        cumulativeQuantity: v.filledQuantity,
        code: v.code ?? "other",
        reason: v.reason,
      });
      feed.wake();
    }
  };
  const resolve = async (o: ApprovedOrder, n = 0): Promise<void> => {
    await sleep(clock, 2000, abort.signal);
    const v = await connection.order(idOf(o), feed.bars[o.instrument]!.symbol).catch(() => undefined);
    if (v === undefined) return resolve(o, n);
    if (v !== null) return onOrder(v);
    if (n < 6) return resolve(o, n + 1);
    await submit(o);
  };
  const submit = async (o: ApprovedOrder): Promise<void> => {
    const { side, quantity, terms, timeInForce, expireTimeMs, postOnly, reduceOnly } = o;
    if (parts.lock?.isHeld !== true || parts.tradingState().state === "halted") {
      desk.inbox.push({
        kind: "rejected",
        orderId: o.id,
        timeMs: 0,
        cumulativeQuantity: 0,
        code: "halted",
        reason: "",
      });
      return;
    }
    const a = await connection.submit({
      clientOrderId: idOf(o),
      symbol: feed.bars[o.instrument]!.symbol,
      side,
      quantity,
      terms,
      timeInForce,
      expireTimeMs,
      postOnly,
      reduceOnly,
    });
    if (a.kind === "accepted") desk.inbox.push({ kind: "accepted", orderId: o.id, timeMs: a.venueTimeMs });
    else if (a.kind === "rejected" && a.code !== "doubled_id") {
      ended.add(idOf(o));
      desk.inbox.push({
        kind: "rejected",
        orderId: o.id,
        timeMs: clock.nowMs(),
        cumulativeQuantity: 0,
        code: a.code,
        reason: a.reason,
      });
      feed.wake();
    } else await resolve(o);
  };
  desk.send = (o) => {
    if (o.closePosition) return;
    ids.set(idOf(o), o);
    journal.append({ kind: "blocked", atMs: 0, symbol: idOf(o), reason: "" } as never);
    journal.sync();
    void submit(o).catch(() => {});
  };
  desk.cancelIt = (o) => void connection.cancel(idOf(o), feed.bars[o.instrument]!.symbol);
  restoreSession(
    session,
    jb,
    feed.bars,
    [...journal.read()].filter((r) => r.kind !== ("blocked" as never)),
  );
  desk.out = [];
  await connection.open({ onOrder, onFill, onLine() {} }, abort.signal);
  for (const f of await connection.fillsSince(0).catch(() => [])) onFill(f);
  let end!: (e: RobotEnd) => void;
  const done = new Promise<RobotEnd>((r) => (end = r));
  const loop = async () => {
    for await (const batch of feed.batches())
      while (batch.advance()) {
        live(session, batch.slice);
        for (const f of desk.out.splice(0)) f();
      }
    end({ kind: "stopped" });
  };
  loop().catch((error: unknown) => end({ kind: "failed", error }));
  return {
    session,
    status: () => ({ decisionsHash: session.recorder.log.hash(), orders: [] }) as never,
    async stop() {
      abort.abort(new Error("x"));
      await feed.close();
      await connection.close();
    },
    done,
  };
}
