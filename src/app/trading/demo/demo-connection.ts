import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { alpacaBroker } from "../../../adapters/brokers/alpaca/alpaca-broker.ts";
import { scaledClock } from "../../../adapters/scaled-clock.ts";
import { Prng } from "../../../base/prng.ts";
import type { BarSource } from "../../../ports/bar-source.ts";
import type { BrokerConnection } from "../../../ports/broker-connection.ts";
import type { Clock } from "../../../ports/clock.ts";
import { demoMarket } from "./demo-market.ts";

const entry = fileURLToPath(new URL("demo-venue-entry.ts", import.meta.url));

/** Where the demo's venue is, and when its market opened by the machine's time. */
export type DemoPlace = { readonly port: number; readonly startWallMs: number };

/** Starts the venue of the demo in a process of its own; it ends with this one, or by `stop`. */
export async function startDemoVenue(
  seed: number,
  faults: string,
  days: number = demoMarket.days,
): Promise<DemoPlace & { readonly stop: () => void }> {
  const startWallMs = Date.now();
  const child = fork(entry, [String(seed), String(startWallMs), faults, String(days)], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [message] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => {
      throw new Error("the venue of the demo did not start");
    }),
  ])) as [{ readonly port: number }];
  return { port: message.port, startWallMs, stop: () => void child.kill() };
}

/** The time of the demo's market. */
export function demoClock({ startWallMs }: DemoPlace): Clock {
  return scaledClock(demoMarket.openMs, startWallMs, demoMarket.speed);
}

/** A line to the venue of the demo: that of Alpaca, which it cannot be told from. */
export function connectDemo(place: DemoPlace): BrokerConnection {
  const { key, secret } = demoMarket;
  return alpacaBroker(
    {
      market: "crypto",
      fractional: true,
      baseUrl: urlOf(place),
      wsUrl: urlOf(place).replace("http", "ws"),
      clockSkewMsMax: 60_000,
      requestTimeoutMs: 300_000,
      staleAfterMs: 900_000,
    },
    {
      mode: "paper",
      clock: demoClock(place),
      prng: new Prng(1),
      credentials: { key, secret },
      folder: ".",
    },
  );
}

/** The bars of the demo, over the same wire. */
export async function demoSource(place: DemoPlace): Promise<BarSource> {
  const { alpacaSource } = await import("../../../adapters/sources/alpaca/alpaca-source.ts");
  const { key, secret } = demoMarket;
  return alpacaSource({
    market: "crypto",
    baseUrl: urlOf(place),
    wsUrl: urlOf(place).replace("http", "ws"),
    clock: demoClock(place),
    prng: new Prng(2),
    credentials: { keyId: key, secret },
  });
}

function urlOf({ port }: DemoPlace): string {
  return `http://127.0.0.1:${port}`;
}
