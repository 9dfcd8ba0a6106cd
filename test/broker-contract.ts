import { afterEach, describe, expect, test } from "vitest";
import { Prng } from "../src/base/prng.ts";
import { secondMs } from "../src/base/time.ts";
import type {
  Acknowledgement,
  BrokerConnection,
  LineState,
  VenueFill,
  VenueOrder,
  VenueOrderRequest,
} from "../src/ports/broker-connection.ts";
import type { BrokerSubject, ConnectOptions, VenueUnderTest } from "./broker-subject.ts";
import type { BookOrder } from "./fakes/fake-book.ts";
import type { Fault } from "./fakes/fake-host.ts";
import { ManualClock, until } from "./fakes/manual-clock.ts";

/** A Tuesday, half past ten in New York. */
const nowMs = Date.parse("2024-03-05T15:30:30Z");

type Heard = { readonly orders: VenueOrder[]; readonly fills: VenueFill[]; readonly lines: LineState[] };
type Setting = VenueUnderTest & {
  readonly clock: ManualClock;
  readonly broker: BrokerConnection;
  readonly heard: Heard;
};

/** Lets made-up time pass until something is settled: sockets take real time, waits take none. */
async function drive<T>(clock: ManualClock, work: Promise<T>): Promise<T> {
  const state = { isSettled: false };
  const settled = work.finally(() => (state.isSettled = true));
  settled.catch(() => {});
  while (!state.isSettled) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    await clock.advance(20);
  }
  return settled;
}

/** Answers after which nobody can know whether an order lives, whatever the venue. */
const lost: Readonly<Record<string, Fault>> = {
  "a page with status 200": { kind: "html", status: 200 },
  "a page with status 200 after the order was taken": { kind: "lost-page", status: 200 },
  "an error 502": { kind: "html", status: 502 },
  "an error 503 after the order was taken": { kind: "lost-page", status: 503 },
  "half of the JSON": { kind: "half" },
  "a body cut in the middle": { kind: "cut" },
  "a broken line": { kind: "drop" },
  "a line that breaks after the order was taken": { kind: "lost" },
  "no answer": { kind: "hang" },
  "an answer of another shape": { kind: "reply", status: 200, body: { surprise: [1, 2, 3] } },
  "an empty object": { kind: "reply", status: 200, body: {} },
  "a redirect": { kind: "reply", status: 302, headers: { location: "http://localhost/" }, body: {} },
};

/** What everybody may rely on who trades through a connection, whatever the venue. */
export function testBroker(subject: BrokerSubject): void {
  const { name, symbol } = subject;
  const open: { broker: BrokerConnection; venue: VenueUnderTest }[] = [];
  afterEach(async () => {
    for (const { broker, venue } of open.splice(0)) {
      await broker.close();
      await venue.host.close();
    }
  });

  async function make(options: ConnectOptions = {}, aheadMs = 0): Promise<Setting> {
    const clock = new ManualClock(nowMs);
    const own = {
      nowMs: () => clock.nowMs() + aheadMs,
      schedule: (spanMs: number, run: () => void) => clock.schedule(spanMs, run),
    };
    const venue = await subject.start(clock);
    const broker = venue.connect({ clock: own, prng: new Prng(7) }, options);
    open.push({ broker, venue });
    return { ...venue, clock, broker, heard: { orders: [], fills: [], lines: [] } };
  }

  function opening({ broker, heard, clock }: Setting, signal = new AbortController().signal): Promise<void> {
    return drive(
      clock,
      broker.open(
        {
          onOrder: (order) => void heard.orders.push(order),
          onFill: (fill) => void heard.fills.push(fill),
          onLine: (line) => void heard.lines.push(line),
        },
        signal,
      ),
    );
  }

  async function setUp(options: ConnectOptions = {}, aheadMs = 0): Promise<Setting> {
    const set = await make(options, aheadMs);
    await opening(set);
    return set;
  }

  const ask = <T>({ clock }: Setting, work: Promise<T>): Promise<T> => drive(clock, work);

  function limitOrder(clientOrderId: string, more: Partial<VenueOrderRequest> = {}): VenueOrderRequest {
    return {
      clientOrderId,
      symbol,
      side: "buy",
      quantity: 2,
      terms: { type: "limit", limitPrice: 100 },
      timeInForce: "gtc",
      expireTimeMs: Number.POSITIVE_INFINITY,
      postOnly: false,
      reduceOnly: false,
      ...more,
    };
  }

  const submit = (set: Setting, order: VenueOrderRequest): Promise<Acknowledgement> =>
    ask(set, set.broker.submit(order));
  const inBook = ({ book }: Setting, id: string): BookOrder => book.byClientId(id)!;
  const orderRequests = ({ host }: Setting): number => host.requests.filter(subject.isOrderRequest).length;
  /** The next order request goes wrong; nothing else does. */
  function spoilOrder({ host }: Setting, ...faults: readonly Fault[]): void {
    host.isFaulty = subject.isOrderRequest;
    host.faults.push(...faults);
  }
  function spoilQuestion({ host }: Setting, ...faults: readonly Fault[]): void {
    host.isFaulty = () => true;
    host.faults.push(...faults);
  }

  describe(`${name}, signing in`, () => {
    test("the line is connecting, then live; closed, it is closed, and no order leaves any more", async () => {
      const set = await setUp();
      expect(set.broker.accountName).toBe(subject.accountName);
      expect(set.heard.lines.map(({ kind }) => kind)).toEqual(["connecting", "live"]);
      await set.broker.close();
      expect(set.broker.line.kind).toBe("closed");
      expect(await submit(set, limitOrder("after"))).toMatchObject({ kind: "rejected", code: "unavailable" });
      expect(orderRequests(set)).toBe(0);
    });

    test("before it is open, no order leaves, and orders can be canceled", async () => {
      const set = await make();
      expect(await submit(set, limitOrder("early"))).toMatchObject({ kind: "rejected", code: "unavailable" });
      const order = set.book.add({ symbol, side: "buy", quantity: 1, clientId: "old" });
      expect(await ask(set, set.broker.cancelAll())).toMatchObject({ kind: "accepted" });
      expect(order.state).toBe("canceled");
    });

    test("keys and hosts of the other mode are refused, and nothing is sent", async () => {
      const clock = new ManualClock(nowMs);
      const venue = await subject.start(clock);
      const connect = (options: ConnectOptions): unknown => {
        try {
          return venue.connect({ clock, prng: new Prng(1) }, options);
        } catch (error) {
          return error;
        }
      };
      const other = [
        connect({ mode: "paper", options: { baseUrl: subject.liveUrl } }),
        connect({ mode: "live", options: { baseUrl: subject.paperUrl } }),
        connect({ mode: "paper", options: { baseUrl: "https://api.example.com" } }),
        ...(subject.isKeyless === true
          ? []
          : [connect({ mode: "live", options: { baseUrl: subject.liveUrl.replace("https:", "http:") } })]),
      ];
      for (const refused of other)
        expect(refused).toMatchObject({ parts: { code: "BROKER_MODE_MISMATCH", exit: "safety" } });
      if (subject.isKeyless !== true) {
        const swapped = connect({ credentials: subject.swapped });
        expect(swapped).toMatchObject({ parts: { code: "BROKER_KEYS_SWAPPED" } });
        expect(connect({ credentials: {} })).toMatchObject({ parts: { code: "BROKER_KEY_MISSING" } });
      }
      expect(venue.host.requests).toEqual([]);
      await venue.host.close();
    });

    test.skipIf(subject.isKeyless)("a wrong key is refused in words, and tried once", async () => {
      const set = await make();
      set.revokeKey();
      await expect(opening(set)).rejects.toThrow(/BROKER_KEY_REFUSED/);
      expect(set.broker.line.kind).toBe("refused");
      const before = set.host.requests.length;
      await set.clock.advance(120 * secondMs);
      expect(set.host.requests.length).toBe(before);
    });

    test.skipIf(subject.isKeyless)(
      "a key that is revoked while trading ends the line: no storm of tries, and no order",
      async () => {
        const set = await setUp();
        set.revokeKey();
        expect(await submit(set, limitOrder("late"))).toMatchObject({
          kind: "rejected",
          code: "unavailable",
        });
        expect(set.broker.line).toMatchObject({ kind: "refused" });
        const before = set.host.requests.length;
        expect(await submit(set, limitOrder("later"))).toMatchObject({ kind: "rejected" });
        await set.clock.advance(120 * secondMs);
        expect(set.host.requests.length).toBe(before);
      },
    );

    test("an account that is not as wanted is refused, naming setting, found and wanted", async () => {
      const names = Object.keys((await make()).misfits);
      for (const misfit of names) {
        const set = await make();
        const { spoil, says } = set.misfits[misfit]!;
        spoil();
        await expect(opening(set), misfit).rejects.toThrow(says);
        expect(set.broker.line.kind).toBe("closed");
        const findings = await ask(set, set.broker.inspect!());
        expect(findings.filter(({ isFit }) => !isFit)).toHaveLength(1);
      }
    });

    test.skipIf(subject.isKeyless)("no secret is in what is thrown, told or kept", async () => {
      const set = await make();
      set.revokeKey();
      const error: unknown = await opening(set).catch((caught: unknown) => caught);
      for (const text of [JSON.stringify(error), String((error as Error).stack), JSON.stringify(set.heard)])
        expect(text).not.toMatch(/secret0{6}/);
    });

    test("opening can be given up", async () => {
      const set = await make();
      set.host.isRefusing = true;
      const controller = new AbortController();
      const given = opening(set, controller.signal);
      await set.clock.advance(secondMs);
      controller.abort(new Error("enough"));
      await expect(given).rejects.toThrow("enough");
      expect(set.broker.line.kind).toBe("closed");
    });
  });

  describe(`${name}, sending`, () => {
    test("an order arrives as it was meant, and its acknowledgement names the venue's id", async () => {
      const set = await setUp();
      const answer = await submit(
        set,
        limitOrder("kiwi-1", { quantity: 0.5, timeInForce: set.broker.capabilities.timesInForce[0]! }),
      );
      const order = inBook(set, "kiwi-1");
      expect(answer).toMatchObject({ kind: "accepted", venueOrderId: order.venueId });
      expect(order).toMatchObject({ symbol, side: "buy", quantity: 0.5, kind: "limit", limitPrice: 100 });
      await until(() => set.heard.orders.length > 0, "the order is told");
      expect(set.heard.orders[0]).toMatchObject({
        clientOrderId: "kiwi-1",
        status: "accepted",
        terms: { type: "limit", limitPrice: 100 },
        quantity: 0.5,
      });
    });

    test("every kind of order that it claims to take arrives as that kind and is read back as that", async () => {
      const set = await setUp();
      const kinds = {
        market: [{ type: "market" }, "market"],
        limit: [{ type: "limit", limitPrice: 101.5 }, "limit"],
        stop_market: [{ type: "stop_market", stopPrice: 95.5 }, "stop"],
        stop_limit: [{ type: "stop_limit", stopPrice: 95.5, limitPrice: 95 }, "stop_limit"],
        trailing_stop_market: [
          { type: "trailing_stop_market", trail: { kind: "amount", amount: 2 } },
          "trail",
        ],
        market_if_touched: [{ type: "market_if_touched", triggerPrice: 120 }, "touch"],
        limit_if_touched: [{ type: "limit_if_touched", triggerPrice: 120, limitPrice: 119.5 }, "touch_limit"],
      } as const;
      for (const side of ["buy", "sell"] as const) {
        for (const type of set.broker.capabilities.orderTypes) {
          const [terms, kind] = kinds[type];
          const id = `${type}-${side}`.replaceAll("_", "-");
          expect(await submit(set, limitOrder(id, { terms, side, timeInForce: "gtc" }))).toMatchObject({
            kind: "accepted",
          });
          expect([id, inBook(set, id).kind, inBook(set, id).side]).toEqual([id, kind, side]);
          const order = await ask(set, set.broker.order(id, symbol));
          expect([id, order?.terms]).toEqual([id, terms]);
        }
      }
    });

    test("small numbers go out as plain digits", async () => {
      const set = await setUp();
      await submit(
        set,
        limitOrder("tiny", {
          quantity: 1e-7,
          terms: { type: "limit", limitPrice: 2.5e-8 },
          timeInForce: set.broker.capabilities.timesInForce[0]!,
        }),
      );
      const sent = set.host.requests.findLast(subject.isOrderRequest)!.body;
      expect(sent).toContain('"0.0000001"');
      expect(sent).toContain('"0.000000025"');
      expect(sent).not.toMatch(/\de-\d/);
    });

    test("what the venue does not take never leaves", async () => {
      const set = await setUp();
      const { clientOrderId, orderTypes } = set.broker.capabilities;
      const wrong: readonly Partial<VenueOrderRequest>[] = [
        { clientOrderId: "x".repeat(clientOrderId.lengthMax + 1) },
        { clientOrderId: "" },
        { quantity: 0 },
        { quantity: Number.NaN },
        { terms: { type: "limit", limitPrice: Number.POSITIVE_INFINITY } },
        { timeInForce: "gtd" },
        ...(orderTypes.includes("trailing_stop_market")
          ? []
          : [{ terms: { type: "trailing_stop_market", trail: { kind: "amount", amount: 1 } } } as const]),
      ];
      for (const more of wrong)
        expect(await submit(set, limitOrder("wrong", more))).toMatchObject({ kind: "rejected" });
      expect(orderRequests(set)).toBe(0);
    });

    test.each(Object.entries(subject.refusals))("%s is a refusal with its word", async (_, [fault, code]) => {
      const set = await setUp();
      spoilOrder(set, fault);
      const answer = await submit(set, limitOrder("refused"));
      expect(answer).toMatchObject({ kind: "rejected", code });
      expect(orderRequests(set)).toBe(1);
      expect((answer as { reason: string }).reason.length).toBeGreaterThan(3);
    });

    test.each(Object.entries({ ...lost, ...subject.doubts }))(
      "%s leaves an order unknown, with what came kept, and is not sent again",
      async (_, fault) => {
        const set = await setUp({ options: { requestTimeoutMs: 150 } });
        spoilOrder(set, fault);
        const answer = await submit(set, limitOrder("doubtful"));
        expect(answer).toMatchObject({ kind: "unknown" });
        expect((answer as { reason: string }).reason.length).toBeGreaterThan(5);
        expect(orderRequests(set)).toBe(1);
        // Asking tells what became of it.
        const order = await ask(set, set.broker.order("doubtful", symbol));
        expect(order?.venueOrderId).toBe(set.book.byClientId("doubtful")?.venueId);
      },
    );

    test("an order that is sent again under its own id is one order, and its first answer is found", async () => {
      const set = await setUp();
      spoilOrder(set, { kind: "lost" });
      expect(await submit(set, limitOrder("again"))).toMatchObject({ kind: "unknown" });
      const again = await submit(set, limitOrder("again"));
      expect(again).toMatchObject({ kind: "accepted", venueOrderId: inBook(set, "again").venueId });
      expect(set.book.orders.filter(({ clientId }) => clientId === "again")).toHaveLength(1);
      // Another order under the same id is a mistake, and not a success.
      const other = await submit(set, limitOrder("again", { quantity: 7 }));
      expect(other).toMatchObject({ kind: "rejected", code: "doubled_id" });
    });

    test("too often: orders are held back until the venue wants to hear again, and then go", async () => {
      const set = await setUp();
      const busy = subject.busy(set.clock.nowMs());
      const { fault, spanMs, answer: becomes = { kind: "rejected", code: "rate_limited" } } = busy;
      spoilOrder(set, fault);
      expect(await submit(set, limitOrder("busy"))).toMatchObject(becomes);
      const before = orderRequests(set);
      const answer = await set.broker.submit(limitOrder("held"));
      expect(answer).toMatchObject({ kind: "rejected", code: "rate_limited" });
      expect((answer as { reason: string }).reason).toContain("not sent");
      expect(orderRequests(set)).toBe(before);
      // A venue may tell its time in whole seconds.
      await set.clock.advance(spanMs + secondMs);
      expect(await submit(set, limitOrder("held"))).toMatchObject({ kind: "accepted" });
    });

    test("exits and cancels go into a pause as soon as the venue may hear again, while orders that open are held back", async () => {
      const set = await setUp();
      await submit(set, limitOrder("old"));
      const { fault, answer: becomes } = subject.busy(set.clock.nowMs());
      spoilOrder(set, fault);
      const exit = await ask(
        set,
        set.broker.submit(
          limitOrder("exit", { side: "sell", terms: { type: "limit", limitPrice: 120 } }),
          "urgent",
        ),
      );
      // Where the refusal answers the order itself, the same order is sent again under the same name.
      if (becomes === undefined) expect(exit).toMatchObject({ kind: "accepted" });
      expect(set.book.orders.filter(({ clientId }) => clientId === "exit").length).toBeLessThanOrEqual(1);
      expect(await ask(set, set.broker.cancel("old", symbol))).toMatchObject({ kind: "accepted" });
    });

    test("cancels still go when the limit for orders is used up", async () => {
      const set = await setUp();
      await submit(set, limitOrder("old"));
      let sent = 0;
      for (; sent < 2_000; sent++) {
        const { kind } = await set.broker.submit(limitOrder(`storm-${sent}`));
        if (kind !== "accepted") break;
      }
      expect(sent).toBeLessThan(2_000);
      expect(await set.broker.cancel("old", symbol)).toMatchObject({ kind: "accepted" });
    });

    test("a cancel ends an order; one of an order that is over or was never there is refused", async () => {
      const set = await setUp();
      await submit(set, limitOrder("c1"));
      expect(await ask(set, set.broker.cancel("c1", symbol))).toMatchObject({ kind: "accepted" });
      expect(inBook(set, "c1").state).toBe("canceled");
      await until(() => set.heard.orders.some(({ status }) => status === "canceled"), "the end is told");
      expect(set.heard.orders.findLast(({ status }) => status === "canceled")).toMatchObject({
        code: "on_request",
      });
      expect(await ask(set, set.broker.cancel("c1", symbol))).toMatchObject({
        kind: "rejected",
        code: "already_over",
      });
      expect(await ask(set, set.broker.cancel("never", symbol))).toMatchObject({
        kind: "rejected",
        code: "unknown_order",
      });
    });

    test("a cancel whose answer is lost is unknown", async () => {
      const set = await setUp();
      await submit(set, limitOrder("c2"));
      spoilQuestion(set, { kind: "lost" });
      expect(await ask(set, set.broker.cancel("c2", symbol))).toMatchObject({ kind: "unknown" });
      expect(inBook(set, "c2").state).toBe("canceled");
    });

    test("a change keeps the order's name, or is refused here where the venue would give it another", async () => {
      const set = await setUp();
      await submit(set, limitOrder("m1"));
      const changed = limitOrder("m1", { quantity: 3, terms: { type: "limit", limitPrice: 99 } });
      const answer = await ask(set, set.broker.modify(changed));
      if (!set.broker.capabilities.modify) {
        expect(answer).toMatchObject({ kind: "rejected" });
        expect(orderRequests(set)).toBe(1);
        return;
      }
      expect(answer).toMatchObject({ kind: "accepted" });
      expect(inBook(set, "m1")).toMatchObject({ quantity: 3, limitPrice: 99 });
      const order = await ask(set, set.broker.order("m1", symbol));
      expect(order).toMatchObject({ quantity: 3, terms: { type: "limit", limitPrice: 99 } });
      spoilQuestion(set, { kind: "lost" });
      expect(await ask(set, set.broker.modify(changed))).toMatchObject({ kind: "unknown" });
    });

    test("canceling everything reaches orders of every list and page, others' too", async () => {
      const set = await setUp();
      set.setPageRows(2);
      for (let k = 0; k < 5; k++) await submit(set, limitOrder(`all-${k}`));
      await submit(set, limitOrder("all-stop", { side: "sell", terms: stopTerms(set) }));
      set.book.add({ symbol, side: "sell", quantity: 1 });
      expect(await ask(set, set.broker.cancelAll())).toMatchObject({ kind: "accepted" });
      expect(set.book.orders.filter(({ state }) => state === "working")).toEqual([]);
      expect(await ask(set, set.broker.openOrders())).toEqual({ kind: "whole", orders: [] });
    });
  });

  /** A stop of a kind that it takes. */
  function stopTerms({ broker }: Setting): VenueOrderRequest["terms"] {
    return broker.capabilities.orderTypes.includes("stop_market")
      ? { type: "stop_market", stopPrice: 95 }
      : { type: "stop_limit", stopPrice: 95, limitPrice: 94 };
  }

  describe(`${name}, asking`, () => {
    test("open orders are whole: every page, stops, and orders of others", async () => {
      const set = await setUp();
      set.setPageRows(2);
      for (let k = 0; k < 5; k++) {
        await submit(set, limitOrder(`open-${k}`));
        await set.clock.advance(1);
      }
      await submit(set, limitOrder("stop", { side: "sell", terms: stopTerms(set) }));
      set.book.add({ symbol, side: "sell", quantity: 1 });
      set.book.end(inBook(set, "open-2"), "canceled", "CancelByUser");
      const open = await ask(set, set.broker.openOrders());
      expect(open.kind).toBe("whole");
      const ids = open.kind === "whole" ? open.orders.map(({ clientOrderId }) => clientOrderId ?? "") : [];
      expect(ids.toSorted()).toEqual(["", "open-0", "open-1", "open-3", "open-4", "stop"]);
    });

    test.skipIf(subject.isKeyless)(
      "when one page fails, the open orders are unknown and not fewer",
      async () => {
        const set = await setUp({ options: { requestTimeoutMs: 150 } });
        set.setPageRows(2);
        for (let k = 0; k < 5; k++) {
          await submit(set, limitOrder(`open-${k}`));
          await set.clock.advance(1);
        }
        let asked = 0;
        set.host.isFaulty = (request) => subject.isOpenOrdersRequest(request) && ++asked > 1;
        for (let k = 0; k < 9; k++) set.host.faults.push({ kind: "html", status: 502 });
        const open = await ask(set, set.broker.openOrders());
        expect(open).toMatchObject({ kind: "unknown" });
      },
    );

    test("a question that failed is never an empty answer", async () => {
      const set = await setUp({ options: { requestTimeoutMs: 100 } });
      await submit(set, limitOrder("q"));
      const fault: Fault = { kind: "reply", status: 200, body: { list: [], result: {} } };
      const questions = [
        () => set.broker.account(),
        () => set.broker.fillsSince(nowMs),
        () => set.broker.order("q", symbol),
        () => set.broker.instruments([symbol]),
      ];
      for (const question of questions) {
        spoilQuestion(set, ...Array.from({ length: 40 }, () => fault));
        await expect(ask<unknown>(set, question())).rejects.toMatchObject({ parts: { topic: "brokers" } });
        set.host.faults.length = 0;
      }
    });

    test("a question is asked again after a passing fault", async () => {
      const set = await setUp();
      spoilQuestion(set, { kind: "html", status: 503 }, { kind: "drop" });
      expect((await ask(set, set.broker.account())).equity).toBeGreaterThan(0);
    });

    test("an order that nobody has seen is null", async () => {
      const set = await setUp();
      expect(await ask(set, set.broker.order("never", symbol))).toBeNull();
    });

    test("fills since a moment come from every page, oldest first, each once, and with our name for the order", async () => {
      const set = await setUp();
      set.setPageRows(3);
      await submit(set, limitOrder("f", { quantity: 10 }));
      for (let k = 0; k < 8; k++) {
        await set.clock.advance(secondMs);
        set.book.fill(inBook(set, "f"), 1, 100 + k);
      }
      const all = await ask(set, set.broker.fillsSince(nowMs - secondMs));
      expect(all.map(({ price }) => price)).toEqual([100, 101, 102, 103, 104, 105, 106, 107]);
      expect(new Set(all.map(({ fillId }) => fillId)).size).toBe(8);
      expect(all.every(({ clientOrderId }) => clientOrderId === "f")).toBe(true);
      const late = await ask(set, set.broker.fillsSince(set.book.fills[5]!.timeMs));
      expect(late.map(({ price }) => price)).toEqual([105, 106, 107]);
    });

    test("a fill has one id, over whichever road it comes", async () => {
      const set = await setUp();
      await submit(set, limitOrder("road", { quantity: 3 }));
      for (let k = 0; k < 3; k++) set.book.fill(inBook(set, "road"), 1, 100);
      await until(() => set.heard.fills.length === 3, "three fills are told");
      const asked = await ask(set, set.broker.fillsSince(nowMs - secondMs));
      expect(asked.map(({ fillId }) => fillId).toSorted()).toEqual(
        set.heard.fills.map(({ fillId }) => fillId).toSorted(),
      );
    });

    test("the account has money, equity and signed positions", async () => {
      const set = await setUp();
      await submit(set, limitOrder("p", { side: "sell" }));
      set.book.fill(inBook(set, "p"), 2, 100);
      const account = await ask(set, set.broker.account());
      expect(account.positions.get(symbol)).toMatchObject({ quantity: -2 });
      expect(account.equity).toBeGreaterThan(0);
      expect(account.cash.size).toBeGreaterThan(0);
      expect(Math.abs(account.venueTimeMs - set.clock.nowMs())).toBeLessThan(60 * secondMs);
    });

    test("what fills while the account is asked for is in its positions, or later than its time", async () => {
      for (let count = 1; count <= 4; count++) {
        const set = await setUp();
        await submit(set, limitOrder("p"));
        const { requests } = set.host;
        const from = requests.length;
        // Before the request of this number is answered; every answer takes two seconds.
        requests.push = (asked) => {
          requests[requests.length] = asked;
          set.clock.pass(2 * secondMs);
          if (requests.length - from === count) set.book.fill(inBook(set, "p"), 2, 100);
          return requests.length;
        };
        const { positions, venueTimeMs } = await ask(set, set.broker.account());
        const [fill] = set.book.fills;
        if (fill === undefined) break;
        if (!positions.has(symbol)) expect(fill.timeMs).toBeGreaterThan(venueTimeMs);
      }
    });

    test("instruments have steps, and an unknown one is refused by name", async () => {
      const set = await setUp();
      const [instrument] = await ask(set, set.broker.instruments([symbol]));
      expect(instrument).toMatchObject({ symbol, isTradable: true });
      expect(instrument!.tickSize).toBeGreaterThan(0);
      expect(instrument!.lotSize).toBeGreaterThan(0);
      await expect(ask(set, set.broker.instruments([subject.unknownSymbol]))).rejects.toThrow(
        new RegExp(`BROKER_SYMBOL_UNKNOWN.*${subject.unknownSymbol}`),
      );
    });

    test("time is the venue's, and the market is open", async () => {
      const set = await setUp();
      expect(Math.abs((await ask(set, set.broker.timeMs())) - set.clock.nowMs())).toBeLessThan(2 * secondMs);
      expect(await ask(set, set.broker.isMarketOpen(symbol))).toBe(true);
    });

    test.each([2_000, -2_000])(
      "a clock that is %i ms ahead of the venue's is measured and does no harm",
      async (aheadMs) => {
        const set = await setUp({}, aheadMs);
        expect(await submit(set, limitOrder("skewed"))).toMatchObject({ kind: "accepted" });
      },
    );

    test("a clock that is minutes off is an error", async () => {
      await expect(setUp({}, 120 * secondMs)).rejects.toThrow(/CLOCK_OFF/);
    });
  });

  describe(`${name}, listening`, () => {
    test("fills and states are told as they happen, each fill once", async () => {
      const set = await setUp();
      await submit(set, limitOrder("live"));
      set.book.fill(inBook(set, "live"), 0.5, 100);
      set.book.fill(inBook(set, "live"), 1.5, 101);
      await until(() => set.heard.fills.length === 2, "both fills");
      expect(set.heard.fills).toMatchObject([
        { clientOrderId: "live", symbol, side: "buy", quantity: 0.5, price: 100 },
        { clientOrderId: "live", quantity: 1.5, price: 101 },
      ]);
      await until(() => set.heard.orders.at(-1)?.status === "filled", "the order is filled");
      expect(set.heard.orders.at(-1)).toMatchObject({ filledQuantity: 2, quantity: 2 });
    });

    test("an order that is refused after its acknowledgement is told as refused", async () => {
      const set = await setUp();
      expect(await submit(set, limitOrder("late-no"))).toMatchObject({ kind: "accepted" });
      set.book.end(inBook(set, "late-no"), "rejected", "EC_Others");
      await until(() => set.heard.orders.at(-1)?.status === "rejected", "the refusal");
    });

    test("what happened while the line was down is told before it counts as live again", async () => {
      const set = await setUp();
      await submit(set, limitOrder("gap"));
      set.book.fill(inBook(set, "gap"), 0.5, 100);
      await until(() => set.heard.fills.length === 1, "the first fill");
      set.book.isSilent = true;
      set.host.cutSockets();
      await until(() => set.broker.line.kind === "down", "the line is down");
      set.book.fill(inBook(set, "gap"), 0.5, 101);
      set.book.add({ symbol, side: "sell", quantity: 1, clientId: "by-hand" });
      set.book.isSilent = false;
      const heardAtLive: number[] = [];
      await drive(
        set.clock,
        until(() => {
          if (set.broker.line.kind === "live") heardAtLive.push(set.heard.fills.length);
          return set.broker.line.kind === "live";
        }, "the line is live again"),
      );
      expect(heardAtLive[0]).toBe(2);
      expect(set.heard.fills.map(({ price }) => price)).toEqual([100, 101]);
      expect(set.heard.orders.at(-1)).toMatchObject({ clientOrderId: "by-hand" });
    });

    test("a line that stays away is tried ever more patiently", async () => {
      const set = await setUp();
      set.host.isRefusing = true;
      set.host.cutSockets();
      await until(() => set.broker.line.kind === "down", "the line is down");
      const before = set.host.socketCount;
      for (let k = 0; k < 60; k++) {
        await set.clock.advance(secondMs);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      expect(set.host.socketCount - before).toBeLessThan(20);
      expect(set.host.socketCount - before).toBeGreaterThan(2);
    });

    test("a silent line is noticed and replaced", async () => {
      const set = await setUp();
      const handler = set.host.socketHandler;
      set.host.socketHandler = {};
      set.host.isPongless = true;
      for (let k = 0; k < 60 && set.broker.line.kind === "live"; k++) await set.clock.advance(secondMs);
      expect(set.broker.line).toMatchObject({ kind: "down", reason: expect.stringContaining("silent") });
      set.host.socketHandler = handler;
      set.host.isPongless = false;
      await drive(
        set.clock,
        until(() => set.broker.line.kind === "live", "the line is live again"),
      );
    });

    test("a line that is quiet and answers pings is left alone", async () => {
      const set = await setUp();
      const before = set.host.socketCount;
      for (let k = 0; k < 120; k++) {
        await set.clock.advance(secondMs);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      expect(set.host.socketCount).toBe(before);
      expect(set.broker.line.kind).toBe("live");
    });

    test("a message that cannot be read is no silence: the line is made anew, and asks", async () => {
      const set = await setUp();
      await submit(set, limitOrder("garbled"));
      set.book.isSilent = true;
      set.book.fill(inBook(set, "garbled"), 2, 100);
      set.book.isSilent = false;
      set.host.send("<html>not what you expect</html>");
      await until(() => set.broker.line.kind === "down", "the line is given up");
      await drive(
        set.clock,
        until(() => set.heard.fills.length === 1, "the fill is asked for"),
      );
    });

    test("closing while a question is open, or twice, does no harm", async () => {
      const set = await setUp();
      const asking = set.broker.account();
      await set.broker.close();
      await set.broker.close();
      await ask(set, asking);
    });
  });
}
