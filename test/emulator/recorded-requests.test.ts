import { readFileSync } from "node:fs";
import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { AlpacaFace } from "../../src/emulator/alpaca/alpaca-face.ts";
import { BybitFace } from "../../src/emulator/bybit/bybit-face.ts";
import { spotSuffix } from "../../src/emulator/bybit/bybit-symbols.ts";
import { accountOptions, venueOptions, type Holding } from "../../src/emulator/exchange/account-options.ts";
import { Exchange } from "../../src/emulator/exchange/exchange.ts";
import type { ExchangeAccount } from "../../src/emulator/exchange/exchange-account.ts";
import { listingOf } from "../../src/emulator/exchange/listings.ts";
import { FaultPlan } from "../../src/emulator/faults/fault-plan.ts";
import type { Face, WireReply, WireRequest } from "../../src/emulator/wire/face.ts";
import type { FaceTools } from "../../src/emulator/wire/face-tools.ts";
import { ManualClock } from "../fakes/manual-clock.ts";
import { tapeBars } from "../emulator-lab.ts";
import { hasShared, sharedPath } from "../shared.ts";

/*
 * Requests as official clients sent them, byte for byte, with their signatures: an independent check that the emulator
 * and Kiwi's own adapters were not both written from one misunderstanding. Skipped where the recordings are not there.
 */

type Recorded = {
  readonly label: string;
  readonly method?: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
};

type Recording = {
  readonly clock_ms: number;
  readonly api_key: string;
  readonly api_secret: string;
  readonly requests: readonly Recorded[];
};

const recording: Recording | null = hasShared
  ? (JSON.parse(
      readFileSync(sharedPath("fixtures", "brokers", "recorded-requests", "requests.json"), "utf8"),
    ) as Recording)
  : null;

function recorded(prefixes: readonly string[]): readonly Recorded[] {
  return (recording?.requests ?? []).filter(
    ({ label, method }) => method !== undefined && prefixes.some((prefix) => label.startsWith(prefix)),
  );
}

function wireRequest({ method, url, headers, body }: Recorded): WireRequest {
  const [path = "", rawQuery = ""] = url.split("?");
  return {
    method: method!,
    path,
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers,
    body: body ?? "",
  };
}

function world(
  prices: Readonly<Record<string, number>>,
  assetClass: "crypto" | "equity",
  holdings: readonly Holding[],
  faceOf: (tools: FaceTools) => Face,
): { face: Face; account: ExchangeAccount; exchange: Exchange } {
  const nowMs = recording!.clock_ms;
  const listings = Object.keys(prices).map((symbol) =>
    listingOf(symbol, {
      quoteCurrency: assetClass === "equity" || symbol.includes("/") ? "USD" : "USDT",
      assetClass: symbol.includes("/") ? "crypto" : assetClass,
      tickSize: 0.0001,
      lotSize: 0.00001,
      quantityMin: 0.00001,
    }),
  );
  const exchange = new Exchange({
    listings,
    bars: listings.map(({ symbol }) =>
      tapeBars(symbol, "1m", nowMs - 60_000, [
        [prices[symbol]!, prices[symbol]!, prices[symbol]!, prices[symbol]!],
      ]),
    ),
    hasHedgeMode: true,
    seed: 1,
  });
  exchange.advance();
  const account = exchange.openAccount(
    accountOptions({
      key: recording!.api_key,
      secret: recording!.api_secret,
      cash: 1_000_000,
      venue: venueOptions("margin", { maker: 0.0002, taker: 0.0006 }),
      holdings,
    }),
  );
  const face = faceOf({ exchange, faults: new FaultPlan(), clock: new ManualClock(nowMs), watch: () => {} });
  return { face, account, exchange };
}

const hold = (symbol: string, quantity: number, price: number): Holding => ({
  symbol,
  leg: "net",
  quantity,
  price,
});

const bybitPrices = {
  BTCUSDT: 36_500,
  LTCUSDT: 60,
  TRXUSDT: 0.1,
  [`BTCUSDT${spotSuffix}`]: 36_500,
  [`LTCUSDT${spotSuffix}`]: 60,
};

/** Orders that were not there when they were asked for, and a field that Bybit does not know. Everything else is taken. */
const bybitCodes: Readonly<Record<string, number>> = {
  "ccxt bybit cancel": 110001,
  "ccxt bybit cancel by link": 10001,
};

test.skipIf(recording === null)("recorded requests of bybit-api and ccxt are taken, byte for byte", () => {
  const holdings = [hold("BTCUSDT", 1, 36_000), hold("LTCUSDT", 10, 55)];
  const { face, account } = world(
    bybitPrices,
    "crypto",
    holdings,
    (tools) => new BybitFace(tools, { rateScale: 100 }),
  );
  const requests = recorded(["bybitapi", "ccxt bybit"]);
  expect(requests.length).toBeGreaterThan(30);
  const codes = requests.map((request) => {
    account.positionMode = request.label.includes("hedged") ? "hedge" : "one-way";
    const { body } = face.handle(wireRequest(request)) as { body: { retCode: number; retMsg: string } };
    return `${request.label}: ${body.retCode} ${body.retCode === (bybitCodes[request.label] ?? 0) ? "" : body.retMsg}`;
  });
  expect(codes).toEqual(requests.map(({ label }) => `${label}: ${bybitCodes[label] ?? 0} `));
});

test.skipIf(recording === null)(
  "all 32 recorded signatures are verified, and none with a changed byte is",
  () => {
    const signed = recorded(["bybitapi", "ccxt bybit"]).filter(({ headers }) => "x-bapi-sign" in headers);
    expect(signed).toHaveLength(32);
    const { face } = world(bybitPrices, "crypto", [], (tools) => new BybitFace(tools, { rateScale: 100 }));
    const codeOf = (request: WireRequest): number =>
      (face.handle(request) as { body: { retCode: number } }).body.retCode;
    for (const request of signed) {
      const wire = wireRequest(request);
      expect(codeOf(wire), request.label).not.toBe(10004);
      const changed =
        wire.method === "GET"
          ? { ...wire, rawQuery: `${wire.rawQuery}&x=1` }
          : { ...wire, body: wire.body.replace(/.$/, " }") };
      expect(codeOf(changed), request.label).toBe(10004);
    }
  },
);

test("a signature is taken within the window and refused a millisecond outside of it", () => {
  const nowMs = 1_700_000_000_000;
  const listing = listingOf("BTCUSDT");
  const exchange = new Exchange({
    listings: [listing],
    bars: [tapeBars("BTCUSDT", "1m", nowMs, [[1, 1, 1, 1]])],
    hasHedgeMode: false,
    seed: 1,
  });
  exchange.openAccount(accountOptions({ venue: venueOptions("margin", { maker: 0, taker: 0 }) }));
  const face = new BybitFace({
    exchange,
    faults: new FaultPlan(),
    clock: new ManualClock(nowMs),
    watch: () => {},
  });
  const codeAt = (stampMs: number): unknown => {
    const rawQuery = "accountType=UNIFIED";
    const sign = createHmac("sha256", "SECRET").update(`${stampMs}KEY5000${rawQuery}`).digest("hex");
    const reply = face.handle({
      method: "GET",
      path: "/v5/account/wallet-balance",
      rawQuery,
      query: new URLSearchParams(rawQuery),
      headers: {
        "x-bapi-api-key": "KEY",
        "x-bapi-timestamp": String(stampMs),
        "x-bapi-recv-window": "5000",
        "x-bapi-sign": sign,
      },
      body: "",
    });
    return (reply.body as { retCode: number }).retCode;
  };
  // Bybit's rule: server - window <= stamp < server + 1000.
  expect([codeAt(nowMs - 5_000), codeAt(nowMs + 999)]).toEqual([0, 0]);
  expect([codeAt(nowMs - 5_001), codeAt(nowMs + 1_000)]).toEqual([10002, 10002]);
});

test.skipIf(recording === null)("recorded requests of Alpaca's client are taken, byte for byte", () => {
  const holdings = [hold("AAPL", 1_000, 150)];
  const requests = recorded(["alpaca4"]);
  expect(requests.length).toBeGreaterThan(10);
  const expected = (label: string): number =>
    label.endsWith("replace") || label.endsWith("cancel") ? 404 : label.endsWith("closeAll") ? 207 : 200;
  const told = requests.map((request) => {
    // Each for itself: what one sets aside another could not sell.
    const { face } = world(
      { AAPL: 150, "BTC/USD": 36_500 },
      "equity",
      holdings,
      (tools) => new AlpacaFace(tools),
    );
    const { status, body }: WireReply = face.handle(wireRequest(request));
    return `${request.label}: ${status} ${status === expected(request.label) ? "" : JSON.stringify(body)}`;
  });
  expect(told).toEqual(requests.map(({ label }) => `${label}: ${expected(label)} `));
});
