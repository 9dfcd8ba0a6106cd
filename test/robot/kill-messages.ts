import type { VenueFill, VenueOrder } from "../../src/ports/broker-connection.ts";

/** What a robot in a process of its own is to do. */
export type KillWork = {
  readonly seed: number;
  readonly symbols: number;
  readonly bars: number;
  readonly journal: string;
};

/** What the process with the exchange says. */
export type FromExchange =
  | { readonly kind: "order"; readonly order: VenueOrder }
  | { readonly kind: "fill"; readonly fill: VenueFill }
  | { readonly kind: "bar"; readonly row: number }
  | { readonly kind: "answer"; readonly id: number; readonly value?: unknown; readonly error?: string };

/** Settings of both sides. */
export const killConfig = {
  account: { kind: "margin", cash: 100_000, leverage: 5 },
  costs: { commission: { use: "rate", rate: 0.001 }, slippage: { use: "fixed", rate: 0 }, borrowRate: 0 },
  sizing: { use: "fixed-fraction", fraction: 0.3 },
  instruments: { "*": { lotSize: 1, tickSize: 0.01, calendar: "24/7" } },
} as const;
