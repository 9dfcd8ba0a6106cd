import { KiwiError } from "../../../base/errors.ts";
import { parseTimeframe, type Timeframe } from "../../../domain/timeframe.ts";

/** File systems allow 255 bytes, and a store appends to the name. */
const lengthMax = 200;
/** Names that Windows keeps for devices, with any extension. */
const device = /^(CON|PRN|AUX|NUL|COM\d|LPT\d)(?![^.])/;

/**
 * A symbol as a file name that every file system takes and that reads back as the same symbol. Small letters are
 * escaped as well: `BTC` and `btc` are two symbols, but one file on Windows and macOS. Throws `SYMBOL_UNFIT`.
 */
export function nameOfSymbol(symbol: string): string {
  const plain = symbol.replaceAll(/[^A-Z0-9_.-]|^\.|\.$/gu, escaped);
  const name = plain.replace(device, (text) => escaped(text.charAt(0)) + text.slice(1));
  if (symbol === "" || !symbol.isWellFormed() || name.length > lengthMax) throw symbolUnfit(symbol);
  return name;
}

/** The symbol behind a name, or null if `nameOfSymbol` did not make it. */
export function symbolOfName(name: string): string | null {
  try {
    const symbol = decodeURIComponent(name);
    return nameOfSymbol(symbol) === name ? symbol : null;
  } catch {
    return null;
  }
}

/** A timeframe as a file name: `1m` and `1M` must differ by more than their case. */
export function nameOfTimeframe(timeframe: Timeframe): string {
  const { count, unit } = parseTimeframe(timeframe);
  return `${count}${unit === "m" ? "min" : unit}`;
}

/** The timeframe behind a name, or null if `nameOfTimeframe` did not make it. */
export function timeframeOfName(name: string): Timeframe | null {
  return /^[1-9]\d{0,3}(s|min|h|d|w|M)$/.test(name) ? (name.replace("min", "m") as Timeframe) : null;
}

function escaped(text: string): string {
  return Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(
    "",
  );
}

function symbolUnfit(symbol: string): KiwiError {
  return new KiwiError({
    code: "SYMBOL_UNFIT",
    exit: "usage",
    message: `${JSON.stringify(symbol.slice(0, 40))} cannot name a file`,
    why: symbol === "" ? "it is empty" : "it is too long, or not text",
    fix: "give the symbol a shorter name",
    topic: "bar-store",
  });
}
