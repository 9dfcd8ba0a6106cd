import { pbkdf2Sync } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { buildSession, layGround } from "../../src/app/session/build-session.ts";
import type { RunConfig } from "../../src/app/config/run-config.ts";
import { hourMs } from "../../src/base/time.ts";
import { BarTable } from "../../src/domain/bar-table.ts";
import type { Timeframe } from "../../src/domain/timeframe.ts";
import { strategy, type AnyStrategy } from "../../src/ports/strategy.ts";
import type { EngineParts } from "../../src/robot/engine/engine-host.ts";
import { withLevels } from "./kill-market.ts";

/** What a strategy of a test does wrong, on the bar that closes at this hour of its market. */
export type Mischief = {
  readonly kind: "loop" | "throw" | "objects" | "native" | "numbers" | "at once" | "exit";
  readonly atMs: number;
  /** File in which it notes that it has: then it behaves. Null misbehaves every time. */
  readonly once: string | null;
};

export type TestOrder = {
  readonly config: RunConfig;
  readonly mischief: Mischief | null;
  readonly timeframe?: Timeframe;
};

const kept: unknown[] = [];

/** The strategy `withLevels`, which misbehaves on one bar. */
function misbehaving(mischief: Mischief | null): AnyStrategy {
  return strategy({
    ...withLevels,
    onBar(context) {
      if (mischief !== null && context.timeMs === mischief.atMs) misbehave(mischief);
      return (withLevels.onBar as (about: typeof context) => void)(context);
    },
  } as typeof withLevels);
}

function misbehave({ kind, once }: Mischief): void {
  if (once !== null && existsSync(once)) return;
  if (once !== null) writeFileSync(once, "");
  if (kind === "throw") throw new Error("nothing is right today");
  // One allocation beyond every limit leaves Node no time to end a thread: it ends the process.
  if (kind === "at once") kept.push(Array.from({ length: 30 }, (_, k) => new Array(10_000_000).fill(k)));
  if (kind === "exit") process.kill(process.pid, "SIGKILL");
  for (let turn = 0; ; turn++) {
    if (kind === "objects") kept.push({ turn, text: `${turn}`.repeat(20) });
    // Half an hour in one call: a thread in it answers nothing, not even how much it has computed.
    if (kind === "native") pbkdf2Sync("a", "b", 2e9, 64, "sha512");
    if (kind === "numbers" && turn % 20_000 === 0) kept.push(new Float64Array(200_000).fill(turn));
  }
}

/** Makes the engine of a test in its thread. */
export default async function buildEngine(
  order: TestOrder & { readonly symbols: readonly string[]; readonly cash: number },
): Promise<EngineParts> {
  const { config: plain, mischief, timeframe = "1h", symbols, cash } = order;
  const config = { ...plain, account: { ...plain.account, cash } };
  const bars = symbols.map((symbol) => new BarTable(symbol, timeframe));
  const setup = { bars, strategy: misbehaving(mischief), params: {}, config };
  return await Promise.resolve({
    bars,
    cash,
    build: ({ broker, tradingState }) =>
      buildSession(setup, layGround(bars, config), { broker, tradingState }),
    shadow: null,
  });
}

/** The hours of a market that opens in 2024, or its seconds. */
export const barMs = (row: number, spanMs = hourMs): number => Date.UTC(2024, 0, 1) + (row + 1) * spanMs;
