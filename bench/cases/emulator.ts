import { Agent, request } from "node:http";
import { createHmac } from "node:crypto";
import { systemClock } from "../../src/adapters/system-clock.ts";
import { BarTable } from "../../src/domain/bar-table.ts";
import { BybitFace } from "../../src/emulator/bybit/bybit-face.ts";
import { accountOptions, venueOptions } from "../../src/emulator/exchange/account-options.ts";
import { Exchange } from "../../src/emulator/exchange/exchange.ts";
import { listingOf } from "../../src/emulator/exchange/listings.ts";
import { FaultPlan } from "../../src/emulator/faults/fault-plan.ts";
import { EmulatorHost } from "../../src/emulator/wire/emulator-host.ts";
import type { WireRequest } from "../../src/emulator/wire/face.ts";
import { Pace } from "../../src/emulator/wire/pace.ts";

// Signed market orders at the emulated Bybit: in memory, and over HTTP on the loopback with eight connections. A bar passes
// after every hundred, so that they fill and the book stays short, as it does while somebody trades. By the time of the
// processor, client included: others may be at work on the machine.
const ordersPerRound = 4_000;
const ordersPerBar = 100;
const rounds = 5;
const connections = 8;

function world(): { face: BybitFace; exchange: Exchange; faults: FaultPlan } {
  const bars = new BarTable("BTCUSDT", "1m");
  for (let k = 1; k <= 10_000; k++) bars.append(k * 60_000, 100, 101, 99, 100, 1e9);
  const exchange = new Exchange({
    listings: [listingOf("BTCUSDT")],
    bars: [bars],
    hasHedgeMode: true,
    seed: 1,
  });
  const venue = venueOptions("margin", { maker: 0, taker: 0.0006 });
  exchange.openAccount(accountOptions({ venue, cash: 1e9 }));
  exchange.advance();
  const faults = new FaultPlan();
  const face = new BybitFace({ exchange, faults, clock: systemClock, watch: () => {} }, { rateScale: 1e9 });
  return { face, exchange, faults };
}

function signedOrder(k: number): Pick<WireRequest, "headers" | "body"> {
  const body = JSON.stringify({
    category: "linear",
    symbol: "BTCUSDT",
    side: k % 2 === 0 ? "Buy" : "Sell",
    orderType: "Market",
    qty: "0.01",
    orderLinkId: `bench-${k}`,
  });
  const stamp = String(Date.now());
  const sign = createHmac("sha256", "SECRET").update(`${stamp}KEY5000${body}`).digest("hex");
  const headers = {
    "x-bapi-api-key": "KEY",
    "x-bapi-timestamp": stamp,
    "x-bapi-recv-window": "5000",
    "x-bapi-sign": sign,
    "content-type": "application/json",
  };
  return { headers, body };
}

const path = "/v5/order/create";

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function inMemory(): number {
  const { face, exchange } = world();
  const startSeconds = processorSeconds();
  for (let k = 0; k < ordersPerRound; k++) {
    const reply = face.handle({
      method: "POST",
      path,
      rawQuery: "",
      query: new URLSearchParams(),
      ...signedOrder(k),
    });
    if ((reply.body as { retCode: number }).retCode !== 0) throw new Error(JSON.stringify(reply.body));
    if (k % ordersPerBar === 0) exchange.advance();
  }
  return ordersPerRound / (processorSeconds() - startSeconds);
}

async function overHttp(): Promise<number> {
  const { face, exchange, faults } = world();
  const pace = new Pace(exchange, systemClock, { kind: "manual" });
  const host = new EmulatorHost({ face, exchange, pace, faults, clock: systemClock });
  const port = await host.listen(0);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let next = 0;
  const send = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const { headers, body } = signedOrder(next);
      const sent = request({ port, host: "127.0.0.1", path, method: "POST", agent, headers }, (response) => {
        response.resume();
        response.on("end", resolve);
      });
      sent.on("error", reject);
      sent.end(body);
    });
  const worker = async (): Promise<void> => {
    while (next++ < ordersPerRound) {
      await send();
      if (next % ordersPerBar === 0) exchange.advance();
    }
  };
  const startSeconds = processorSeconds();
  await Promise.all(Array.from({ length: connections }, worker));
  const perSecond = ordersPerRound / (processorSeconds() - startSeconds);
  agent.destroy();
  await host.close();
  return perSecond;
}

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const memory = Array.from({ length: rounds }, inMemory);
const http: number[] = [];
for (let round = 0; round < rounds; round++) http.push(await overHttp());
console.log(
  JSON.stringify({ emulatorOrdersPerSecond: middle(memory), emulatorHttpOrdersPerSecond: middle(http) }),
);
