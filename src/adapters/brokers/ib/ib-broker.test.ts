import { afterEach, describe, expect, test } from "vitest";
import { startLab, type EmulatorLab, type LabOptions } from "../../../../test/emulator-lab.ts";
import { startEmulatedGateway } from "../../../../test/fakes/emulated-gateway.ts";
import { testBroker } from "../../../../test/broker-contract.ts";
import type { Fault } from "../../../../test/fakes/fake-host.ts";
import { until } from "../../../../test/fakes/manual-clock.ts";
import { Prng } from "../../../base/prng.ts";
import { secondMs } from "../../../base/time.ts";
import type { VenueFill, VenueOrderRequest } from "../../../ports/broker-connection.ts";
import { systemClock } from "../../system-clock.ts";
import { listingOf } from "../../../emulator/exchange/listings.ts";
import { IbFace } from "../../../emulator/ib/ib-face.ts";
import { accountOptions, venueOptions } from "../../../emulator/exchange/account-options.ts";
import { ibBroker } from "./ib-broker.ts";

/** A notice about the order that was just sent, or about nothing. */
function said(code: number, text: string, id = "ID"): Fault {
  return { kind: "reply", body: [["4", "2", id, String(code), text, ""]] };
}

const rejected = (reason: string): Fault => said(201, `Order rejected - reason:${reason}`);

testBroker({
  name: "Interactive Brokers",
  symbol: "AAPL",
  unknownSymbol: "NOPE",
  accountName: "DU1000001",
  isKeyless: true,
  isOrderRequest: ({ path }) => path === "3",
  isOpenOrdersRequest: ({ path }) => path === "16",
  // Source of numbers and texts: the message codes of the TWS API, and issues of its clients.
  refusals: {
    "too little money": [
      rejected("YOUR ORDER IS NOT ACCEPTED. YOUR EQUITY WITH LOAN VALUE MUST EXCEED THE INITIAL MARGIN"),
      "buying_power",
    ],
    "nothing to borrow": [rejected("The contract is not available for short sale."), "long_only"],
    "a price off the tick": [
      said(110, "The price does not conform to the minimum price variation for this contract."),
      "tick_size",
    ],
    "an unknown contract": [
      said(200, "No security definition has been found for the request"),
      "unknown_symbol",
    ],
    "a halted share": [said(154, "Orders cannot be transmitted for a halted security"), "halted"],
    "a closed exchange": [rejected("The exchange is closed."), "session_closed"],
    "a size that is too small": [
      said(388, "Order size 0.1 is smaller than the minimum required size of 1."),
      "lot_size",
    ],
    "a kind of order": [
      said(387, "Unsupported order type for this exchange and security type."),
      "unsupported",
    ],
    "a request that is not valid": [said(321, "Error validating request.-'bE' : cause - ..."), "other"],
  },
  doubts: {
    "a server error": said(322, "Error processing request.-'bW' : cause - ..."),
    "a remark and nothing else": said(399, "Order Message: your order will not be placed until 09:30:00"),
  },
  busy: () => ({
    fault: said(100, "Max rate of messages per second has been exceeded:max=50 rec=51 (1)", "-1"),
    spanMs: secondMs,
    // It is said of no order in particular.
    answer: { kind: "unknown" },
  }),
  liveUrl: "tcp://127.0.0.1:7496",
  paperUrl: "tcp://127.0.0.1:4002",
  swapped: {},
  async start(clock) {
    const { host, book, account, exchange } = await startEmulatedGateway(clock);
    return {
      host,
      book,
      connect(tools, { mode = "paper", options: { baseUrl, ...options } = {} }) {
        const { hostname, port } = new URL((baseUrl as string | undefined) ?? `tcp://127.0.0.1:${host.port}`);
        const place = { host: hostname, port: port === "" ? undefined : Number(port) };
        const usual = { clientId: 41, fractional: true, outsideRth: false, contracts: {} };
        return ibBroker({ ...usual, ...place, ...options }, { ...tools, mode, credentials: {}, folder: "." });
      },
      revokeKey() {},
      setPageRows() {},
      misfits: {
        "an API that may only read": {
          spoil: () => void ((account.options as { isReadOnly: boolean }).isReadOnly = true),
          says: /BROKER_SETTING_REFUSED.*API is read-only, wanted may trade/,
        },
        "a login with several accounts": {
          spoil: () =>
            void exchange.openAccount(
              accountOptions({ key: "OTHER", venue: venueOptions("margin", { maker: 0, taker: 0 }) }),
            ),
          says: /account is DU1000001, DU1000002, wanted one/,
        },
      },
    };
  },
});

describe("Interactive Brokers, what is its own", () => {
  const ending: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ending.splice(0).toReversed()) await end();
  });

  const flat = [100, 101, 99, 100] as const;
  const aapl = listingOf("AAPL", {
    assetClass: "equity",
    baseCurrency: "AAPL",
    quoteCurrency: "USD",
    lotSize: 1,
  });

  async function gateway(more: Partial<LabOptions> = {}): Promise<EmulatorLab> {
    const lab = await startLab({
      listings: [aapl],
      timeframe: "1m",
      startMs: Date.parse("2024-03-05T15:00:00Z"),
      quads: Array.from({ length: 9 }, () => flat),
      face: (tools) => new IbFace(tools, { rateScale: 100 }),
      ...more,
    });
    ending.push(() => lab.close());
    return lab;
  }

  async function trader({ url }: EmulatorLab, account?: string) {
    const broker = ibBroker(
      {
        host: "127.0.0.1",
        port: Number(new URL(url).port),
        clientId: 41,
        account,
        fractional: false,
        outsideRth: false,
        contracts: {},
        requestTimeoutMs: 1_000,
      },
      { mode: "paper", clock: systemClock, prng: new Prng(1), credentials: {}, folder: "." },
    );
    ending.push(() => broker.close());
    const fills: VenueFill[] = [];
    await broker.open(
      { onOrder() {}, onFill: (fill) => void fills.push(fill), onLine() {} },
      new AbortController().signal,
    );
    return { broker, fills };
  }

  function order(clientOrderId: string, more: Partial<VenueOrderRequest> = {}): VenueOrderRequest {
    return {
      clientOrderId,
      symbol: "AAPL",
      side: "buy",
      quantity: 2,
      terms: { type: "market" },
      timeInForce: "day",
      expireTimeMs: Number.POSITIVE_INFINITY,
      postOnly: false,
      reduceOnly: false,
      ...more,
    };
  }
  const waiting = { terms: { type: "limit", limitPrice: 90 }, timeInForce: "gtc" } as const;

  test("a fill has its cost, and one that is taken back names the first", async () => {
    const lab = await gateway({
      account: { venue: venueOptions("margin", { maker: 0.001, taker: 0.001 }) },
    });
    const { broker, fills } = await trader(lab);
    await broker.submit(order("cost"));
    lab.exchange.advance();
    await until(() => fills.length === 1, "the fill");
    // A thousandth of two shares at the open of 100.
    expect(fills[0]).toMatchObject({ clientOrderId: "cost", price: 100, fee: 0.2, feeCurrency: "USD" });
    lab.account.bust(lab.account.fills[0]!.fillId);
    await until(() => fills.length === 2, "the correction");
    expect(fills[1]).toMatchObject({
      takesBack: fills[0]!.fillId,
      quantity: 2,
      side: "buy",
      price: 100,
      fee: 0.2,
    });
    expect(fills[1]!.fillId).not.toBe(fills[0]!.fillId);
  });

  test("while the market behind the gateway is lost the line is down; what happened is told before it is live", async () => {
    const lab = await gateway();
    const { broker, fills } = await trader(lab);
    await broker.submit(order("gap", { ...waiting, terms: { type: "limit", limitPrice: 99.5 } }));
    const say = (line: string) =>
      fetch(`${lab.url}/emulator/line`, { method: "POST", body: JSON.stringify({ line }) });
    await say("down");
    await until(() => broker.line.kind === "down", "the line is down");
    expect(broker.line).toMatchObject({ reason: expect.stringContaining("1100") });
    lab.exchange.advance();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(broker.line.kind).toBe("down");
    await say("back");
    for (let tries = 0; tries < 5 && broker.line.kind !== "live"; tries++)
      await until(() => broker.line.kind === "live", "live").catch(() => {});
    expect(broker.line.kind).toBe("live");
    expect(fills).toMatchObject([{ clientOrderId: "gap", price: 99.5 }]);
  });

  test("a client id that somebody has is passed over; orders of the other are seen, and go with all others", async () => {
    const lab = await gateway();
    const first = await trader(lab);
    await first.broker.submit(order("theirs", waiting));
    const second = await trader(lab);
    expect((await second.broker.inspect!()).find(({ what }) => what === "client id")).toMatchObject({
      found: "42",
      isFit: true,
    });
    expect(await second.broker.openOrders()).toMatchObject({ orders: [{ clientOrderId: "theirs" }] });
    expect(await second.broker.cancel("theirs", "AAPL")).toMatchObject({
      kind: "rejected",
      reason: expect.stringContaining("belongs to client 41"),
    });
    await second.broker.cancelAll();
    expect(await first.broker.openOrders()).toEqual({ kind: "whole", orders: [] });
  });

  test("an order that an earlier process has sent is found and not sent again", async () => {
    const lab = await gateway();
    const before = await trader(lab);
    await before.broker.submit(order("once", waiting));
    await before.broker.submit(order("done"));
    lab.exchange.advance();
    await before.broker.close();
    const { broker } = await trader(lab);
    for (const again of [order("once", waiting), order("done")])
      expect(await broker.submit(again)).toMatchObject({ kind: "accepted" });
    expect(await broker.submit(order("done", { quantity: 3 }))).toMatchObject({ code: "doubled_id" });
    expect(lab.account.orders.count).toBe(2);
    expect(await broker.order("done", "AAPL")).toMatchObject({ status: "filled", filledQuantity: 2 });
  });

  test("an account with money is refused on paper, and an account has to be chosen among several", async () => {
    const live = await gateway({
      face: (tools) => new IbFace(tools, { rateScale: 100, accountPrefix: "U" }),
    });
    await expect(trader(live)).rejects.toThrow(/BROKER_MODE_MISMATCH.*account U1000001 is one with money/);
    const lab = await gateway();
    lab.exchange.openAccount(
      accountOptions({ key: "SECOND", venue: venueOptions("margin", { maker: 0, taker: 0 }), cash: 5_000 }),
    );
    const { broker } = await trader(lab, "DU1000002");
    expect(broker.accountName).toBe("DU1000002");
    expect((await broker.account()).equity).toBe(5_000);
    await broker.submit(order("second", waiting));
    expect(lab.exchange.account("SECOND")!.orders.count).toBe(1);
    // Positions and orders of the first account are none of ours.
    lab.account.tradeByHand("AAPL", "buy", 1);
    lab.exchange.advance();
    expect((await broker.account()).positions.size).toBe(0);
    expect(await broker.openOrders()).toMatchObject({ orders: [{ clientOrderId: "second" }] });
  });

  test("an order number that a gateway has seen is left for a higher one", async () => {
    const { host, book } = await startEmulatedGateway(systemClock);
    ending.push(() => host.close());
    const url = `http://127.0.0.1:${host.port}`;
    const { broker } = await trader({ url } as EmulatorLab);
    host.isFaulty = ({ path }) => path === "3";
    host.faults.push(said(103, "Duplicate order id"));
    expect(await broker.submit(order("numbered", waiting))).toMatchObject({ kind: "accepted" });
    expect(book.orders).toHaveLength(1);
    const numbers = host.requests
      .filter(({ path }) => path === "3")
      .map(({ body }) => Number(JSON.parse(body)[1]));
    expect(numbers[1]!).toBeGreaterThan(numbers[0]!);
  });
});
