import { runConfigSchema, type RunConfig } from "../../../src/app/config/run-config.ts";
import { Prng } from "../../../src/base/prng.ts";
import { secondMs } from "../../../src/base/time.ts";
import { BarTable } from "../../../src/domain/bar-table.ts";
import { field } from "../../../src/domain/expression.ts";
import type { Protection } from "../../../src/domain/target.ts";
import type { Listing } from "../../../src/emulator/exchange/exchange-types.ts";
import { strategy } from "../../../src/ports/strategy.ts";

// The market of the simulation: three symbols, 200 slices of five seconds. Prices are cents and quantities whole, so that
// money can be counted exactly.

export const symbols = ["AAA", "BBB", "CCC"] as const;
export const slices = 200;
export const sliceMs = 5 * secondMs;
/** A Monday noon in UTC. */
export const startMs = Date.UTC(2026, 0, 5, 12);
export const cash = 100_000;
/** Strategies decide until here; from the next on the roads are good, and what is left is given time to come right. */
export const decidingSlices = 120;
export const calmSlice = 135;

export const listings: readonly Listing[] = symbols.map((symbol) => ({
  symbol,
  assetClass: "crypto",
  baseCurrency: symbol,
  quoteCurrency: "USD",
  tickSize: 0.01,
  lotSize: 1,
  quantityMin: 1,
  notionalMin: 0,
  contractMultiplier: 1,
  calendarName: "24/7",
  canShort: true,
  keepsFeeOfPurchase: false,
}));

/** Bars of a walk in cents, with volumes that let orders fill in parts. */
function walk(seed: number, symbol: string): BarTable {
  const prng = new Prng(seed);
  const bars = new BarTable(symbol, "5s");
  let price = 50 + prng.next() * 50;
  for (let row = 0; row < slices; row++) {
    const open = cents(price * (1 + prng.normal() * 0.0005));
    const close = cents(open * (1 + prng.normal() * 0.003));
    const high = cents(Math.max(open, close) * (1 + Math.abs(prng.normal()) * 0.001));
    const low = cents(Math.min(open, close) * (1 - Math.abs(prng.normal()) * 0.001));
    bars.append(startMs + (row + 1) * sliceMs, open, high, low, close, 200 + prng.integer(2_000));
    price = close;
  }
  return bars;
}

function cents(price: number): number {
  return Math.round(price * 100) / 100;
}

const tapes = new Map<number, readonly BarTable[]>();
const tapesKept = 32;

/** The bars of a seed. Few tapes serve many seeds: it is orders and faults that differ. */
export function tapeOf(seed: number): readonly BarTable[] {
  const key = seed % tapesKept;
  const known = tapes.get(key);
  if (known !== undefined) return known;
  const made = symbols.map((symbol, index) => walk(key * 7 + index, symbol));
  tapes.set(key, made);
  return made;
}

/** The settings of a session on that market. */
export const config: RunConfig = runConfigSchema.parse({
  account: { kind: "margin", cash, leverage: 3, maintenanceMargin: 0 },
  costs: { commission: { use: "rate", rate: 0 }, slippage: { use: "fixed", rate: 0 } },
  sizing: { use: "fixed-fraction", fraction: 0.2 },
  risk: {
    profile: "none",
    rules: [
      { use: "stale-data", barsMax: 3 },
      { use: "price-collar", limit: 0.05 },
    ],
  },
  instruments: { "*": { lotSize: 1, tickSize: 0.01, calendar: "24/7" } },
});

/** What may be seen of a bar by a strategy: its symbol and its close. */
export type SeenBar = (symbol: string, closeTimeMs: number) => void;

/** A strategy that trades at random: entries of all kinds, stops, targets, reversals, changes of mind. */
export function chanceStrategy(seed: number, see: SeenBar) {
  return strategy({
    name: "chance",
    summary: "Trades at random.",
    params: {},
    setup: () => ({ close: field("close") }),
    // Every symbol has a memory of its own, and draws of its own.
    memory: (): { prng: Prng | null } => ({ prng: null }),
    onBar({ series, memory, target, timeMs, symbol }) {
      see(symbol, timeMs);
      const prng = (memory.prng ??= new Prng(seed).fork(symbol));
      if (timeMs > startMs + decidingSlices * sliceMs || prng.next() < 0.94) return;
      const price = series.close.now;
      const weight = [0, 1, -1, 0.5, -0.5, 0.8][prng.integer(6)]!;
      const side = Math.sign(weight);
      const slip = new Prng(seed).fork(`${symbol} slips ${timeMs}`).next() < 0.03 ? 1.2 : 1;
      const kind = (["market", "market", "limit", "stop"] as const)[prng.integer(4)]!;
      const protection: Protection = {
        ...(prng.next() < 0.7 ? { stopPrice: price * (1 - side * 0.004) } : {}),
        ...(prng.next() < 0.5 ? { takeProfitPrice: price * (1 + side * 0.005) } : {}),
      };
      target(weight, {
        reason: "chance",
        entry:
          kind === "market" ? { kind } : { kind, price: slip * price * (1 + (prng.next() - 0.5) * 0.004) },
        ...(side === 0 ? {} : protection),
      });
    },
  });
}
