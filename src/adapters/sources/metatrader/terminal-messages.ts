import { z } from "zod";
import type { AssetClass } from "../../../domain/instrument.ts";
import type { SymbolInfo } from "../../../ports/bar-source.ts";
import { numeric, positiveOrNull } from "../../shared/numeric.ts";
import type { VenueRow } from "../shared/row-quarantine.ts";
import type { ServerTime } from "./server-time.ts";

const barSchema = z.object({
  open: numeric,
  high: numeric,
  low: numeric,
  close: numeric,
  tick_volume: numeric,
});
type TerminalBar = z.infer<typeof barSchema>;

/** `DWX_Historic_Data.txt`: bars by server time under `EURUSD_M1`. */
export const historySchema = z.record(z.string(), z.record(z.string(), barSchema));

/** `DWX_Bar_Data.txt`: the last closed bar of each subscription. */
export const barDataSchema = z.record(z.string(), barSchema.extend({ time: z.string() }));

/** `DWX_Messages.txt`: what the bridge said, by a number that grows until it starts anew. */
export const messagesSchema = z.record(
  z.string(),
  z.object({
    type: z.string(),
    error_type: z.string().optional(),
    description: z.string().optional(),
    message: z.string().optional(),
  }),
);
export type TerminalMessage = z.infer<typeof messagesSchema>[string];

/** `DWX_Heartbeat.txt`, which only our own bridge writes. */
export const heartbeatSchema = z.object({
  bridge: z.string(),
  started: z.string(),
  server_time: z.string(),
  utc_time: z.string(),
  connected: z.boolean(),
  /** From 2 on the bridge trades. */
  version: z.number().default(1),
  /** Grows with everything that happens to orders and positions. */
  changes: z.number().default(0),
});
export type Heartbeat = z.infer<typeof heartbeatSchema>;

/** `DWX_Symbols.txt`, the answer of our own bridge to `GET_SYMBOLS`. */
export const symbolsSchema = z.record(
  z.string(),
  z.object({
    base: z.string(),
    quote: z.string(),
    tick_size: numeric,
    volume_step: numeric,
    contract_size: numeric,
    is_trading: z.boolean(),
    kind: z.string(),
  }),
);

/** `2024.03.05 14:00` or with seconds, as if it were UTC; NaN for anything else. */
export function readWallTime(text: string): number {
  const match = /^(\d{4})\.(\d\d)\.(\d\d) (\d\d):(\d\d)(?::(\d\d))?$/.exec(text.trim());
  if (match === null) return Number.NaN;
  const [, year, month, day, hour, minute, second = "00"] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** A bar with its server time in the form that all venues share. */
export function toRow(
  time: string,
  { open, high, low, close, tick_volume: volume }: TerminalBar,
  server: ServerTime,
): VenueRow {
  const wallMs = readWallTime(time);
  const openMs = Number.isNaN(wallMs) ? Number.NaN : server.toUtc(wallMs);
  return { openMs, open, high, low, close, volume };
}

/** Symbols in the form that all venues share; lots become units of what is traded. */
export function toSymbols(
  symbols: z.infer<typeof symbolsSchema>,
  calendarName: string,
): readonly SymbolInfo[] {
  return Object.entries(symbols).map(([symbol, info]) => ({
    symbol,
    assetClass: assetClassOf(info.kind),
    baseCurrency: info.base === "" ? null : info.base,
    quoteCurrency: info.quote,
    tickSize: positiveOrNull(info.tick_size),
    lotSize: positiveOrNull(info.volume_step * info.contract_size),
    notionalMin: null,
    isTrading: info.is_trading,
    calendarName,
  }));
}

function assetClassOf(kind: string): AssetClass {
  if (kind === "forex") return "forex";
  if (kind === "stock") return "equity";
  return kind === "future" ? "future" : "unknown";
}
