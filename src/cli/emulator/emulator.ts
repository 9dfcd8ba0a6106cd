import { relative } from "node:path";
import { emulatorOptions, type EmulatedVenue } from "../../app/emulator/emulator-options.ts";
import { startEmulator, type RunningEmulator } from "../../app/emulator/start-emulator.ts";
import { resolveConfig } from "../../app/config/resolve-config.ts";
import { exitCodes } from "../../base/errors.ts";
import { formatTime } from "../../base/time.ts";
import type { CommonFlags, ConfigFlags } from "../declare/common-flags.ts";
import { emulatorFlags } from "../flags/emulator-flags.ts";
import { flagLayer, type FlagValues } from "../flags/flag-layer.ts";
import { interruptedExit, interruptible } from "../interrupt.ts";
import { clientExample } from "./client-example.ts";
import { envelope } from "../output/json.ts";
import type { Shell } from "../shell.ts";

export type EmulatorFlags = CommonFlags &
  ConfigFlags &
  FlagValues & {
    readonly faults?: string;
    readonly pace?: string;
    readonly speed?: number;
    readonly quietMs?: number;
    readonly history?: number;
    readonly port?: number;
    readonly rateScale?: number;
    readonly hedge?: true;
    readonly folder?: string;
    readonly serverTime?: string;
    readonly books?: string;
    readonly fresh?: true;
  };

/** What happens, as the emulator tells it. */
type Heard = Parameters<Parameters<typeof startEmulator>[3]>[0];

/** `kiwi emulator`: serves until Ctrl-C (130) or the end of the tape (0). Every order and fill is a line. */
export async function emulatorCommand(shell: Shell, venue: string, flags: EmulatorFlags): Promise<number> {
  const options = emulatorOptions({ ...flags, venue });
  const { config } = await resolveConfig({
    folder: shell.folder,
    file: flags.config,
    env: shell.env,
    sets: flags.set,
    flags: flagLayer(emulatorFlags, flags),
  });
  const isJson = flags.json === true;
  const hear = (event: Heard): void => {
    if (flags.quiet === true) return;
    const line = isJson ? jsonLine(event) : textLine(event);
    if (line !== null) shell.out(line);
  };
  const emulator = await startEmulator(shell.folder, config, options, hear);
  shell.out(isJson ? startJson(emulator, options.venue) : startText(emulator, options.venue, shell.folder));
  let isInterrupted = false;
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    AbortSignal.any([stopping.signal, shell.outClosed]).addEventListener("abort", () => resolve(), {
      once: true,
    });
  });
  const onInterrupt = (): void => {
    isInterrupted = true;
    stopping.abort();
  };
  try {
    await interruptible(onInterrupt, async () => Promise.race([emulator.ended, stopped]));
  } finally {
    await emulator.close();
  }
  if (!isJson) shell.err(endText(emulator, isInterrupted));
  return isInterrupted ? interruptedExit : exitCodes.ok;
}

function startJson(
  { url, wsUrl, folder, key, secret, symbols, books }: RunningEmulator,
  venue: EmulatedVenue,
): string {
  return envelope("emulator@1", {
    venue,
    url,
    wsUrl,
    ...(folder === null ? {} : { folder }),
    key,
    secret,
    symbols,
    ...(books === null ? {} : { books: books.path, isAccountOld: books.isOld }),
  });
}

function startText(emulator: RunningEmulator, venue: EmulatedVenue, place: string): string {
  const { url, wsUrl, key, secret, exchange, folder } = emulator;
  const symbols = exchange.listings.map(({ symbol }) => symbol.split("@")[0]!);
  return [
    folder === null
      ? `kiwi emulator   ${venue} on ${url}   ${wsUrl}`
      : `kiwi emulator   ${venue} in ${folder}   control on ${url}`,
    `  symbols  ${[...new Set(symbols)].join(" ")}`,
    `  market   ${formatTime(exchange.timeMs)}`,
    ...accountLines(emulator, place),
    ...(folder === null ? [`  key      ${key}`, `  secret   ${secret}`] : []),
    "",
    ...clientExample(venue, emulator).map((line) => `  ${line}`),
    "",
    "Ctrl-C ends it. Orders and fills:",
  ].join("\n");
}

/** Where the account is kept, and what it has by now. */
function accountLines({ books, account }: RunningEmulator, place: string): readonly string[] {
  if (books === null) return [];
  const kept = `  books    ${relative(place, books.path)}`;
  if (!books.isOld) return [`${kept}   a new account`];
  const { orders, fills } = account;
  const open = `${orders.open().length} of ${orders.count} orders open, ${fills.length} fills`;
  const held = account.positions().map(({ symbol, quantity }) => `${quantity} ${symbol.split("@")[0]!}`);
  const equity = `equity ${account.summary().equity.toFixed(2)}`;
  return [
    `${kept}   the account goes on; --fresh begins another`,
    `           ${[equity, open, ...held].join(", ")}`,
  ];
}

function textLine(event: Heard): string | null {
  if (event.kind === "order") {
    const { order } = event;
    const { status, side, quantity, symbol, terms, clientOrderId, reason } = order;
    const price = "limitPrice" in terms ? ` @${terms.limitPrice}` : "";
    const name = clientOrderId ?? order.venueOrderId;
    const why = reason === "" ? "" : `  (${reason})`;
    return `${formatTime(order.updatedMs)}  ${status.padEnd(16)} ${side} ${quantity} ${symbol} ${terms.type}${price}  ${name}${why}`;
  }
  if (event.kind !== "fill") return null;
  const { timeMs, side, quantity, symbol, price, fee } = event.fill;
  return `${formatTime(timeMs)}  ${"fill".padEnd(16)} ${side} ${quantity} ${symbol} at ${price}  fee ${fee}`;
}

function jsonLine(event: Heard): string | null {
  if (event.kind === "slice") return null;
  return JSON.stringify({ schema: "emulator-event@1", ...event });
}

function endText({ account, requestCount }: RunningEmulator, isInterrupted: boolean): string {
  const { equity } = account.summary();
  const why = isInterrupted ? "stopped" : "the tape has been played";
  return `${why}: ${requestCount()} requests, ${account.orders.count} orders, ${account.fills.length} fills, equity ${equity.toFixed(2)}`;
}
