import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Prng } from "../../src/base/prng.ts";
import type { VenueOrderRequest } from "../../src/ports/broker-connection.ts";
import type { PositionLine } from "../../src/robot/robot-types.ts";
import { centMarket, withLevels } from "./kill-market.ts";
import { killConfig, type FromExchange, type KillWork } from "./kill-messages.ts";
import { RobotBench } from "./robot-bench.ts";

/** How a robot ended that was killed again and again. */
export type KillOutcome = {
  readonly kills: number;
  /** At how many different bars it was killed. */
  readonly killedAtBars: number;
  readonly decisionsHash: string;
  /** What was decided and filled, as a hash by symbol: in which order the fills of one instant came does not count. */
  readonly decisions: readonly string[];
  readonly positions: readonly PositionLine[];
  readonly equity: number;
  readonly ordersAtVenue: number;
  readonly fillsAtVenue: number;
  readonly doubled: number;
};

/** A life ends within so many words of its robot, on a slow machine as on a fast one, and so long after the last of them. */
const wordsMax = 60;
const lastMsMax = 5;

type Said =
  | { readonly kind: "ask"; readonly id: number; readonly method: string; readonly args: readonly unknown[] }
  | ({ readonly kind: "done" } & Pick<KillOutcome, "decisionsHash" | "decisions" | "positions" | "equity">)
  | { readonly kind: "failed"; readonly error: string }
  | { readonly kind: "incident"; readonly incident: { readonly message: string } };

/**
 * Runs a session over a market to its end in a process of its own, killing it at random moments until it has been
 * killed `kills` times; the exchange lives on here, and its time stands still while nobody is there.
 */
export async function runKilled(kills: number, seed: number, bars: number): Promise<KillOutcome> {
  const folder = mkdtempSync(join(tmpdir(), "kiwi-kill-"));
  const tape = centMarket(seed, 2, bars);
  const bench = new RobotBench({ tape, strategy: withLevels, config: killConfig });
  const work: KillWork = { seed, symbols: 2, bars, journal: join(folder, "journal") };
  const prng = new Prng(seed + kills);
  const names = new Set<string>();
  const state = { row: -1, doubled: 0, kills: 0, orders: 0, fills: 0, rows: new Set<number>() };
  bench.side.listen({ onFill: () => (state.fills += 1) });
  try {
    for (;;) {
      const isToDie = state.kills < kills;
      const ended = await live(bench, work, state, names, isToDie ? deathOf(prng) : null);
      if (ended !== null)
        return {
          ...ended,
          kills: state.kills,
          killedAtBars: state.rows.size,
          ordersAtVenue: state.orders,
          fillsAtVenue: state.fills,
          doubled: state.doubled,
        };
      state.kills += 1;
      state.rows.add(state.row);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Death = { readonly words: number; readonly afterMs: number };

function deathOf(prng: Prng): Death {
  return { words: 1 + prng.integer(wordsMax), afterMs: prng.integer(lastMsMax) };
}

/** One life; null when it was killed. Rejects when the robot could not go on. */
function live(
  bench: RobotBench,
  work: KillWork,
  state: { row: number; doubled: number; orders: number },
  names: Set<string>,
  death: Death | null,
): Promise<Pick<KillOutcome, "decisionsHash" | "decisions" | "positions" | "equity"> | null> {
  const child = fork(join(import.meta.dirname, "kill-child.ts"), [JSON.stringify(work)], {
    serialization: "advanced",
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const tell = (message: FromExchange): void => {
    if (child.connected) child.send(message);
  };
  const unlisten = bench.side.listen({
    onOrder: (order) => tell({ kind: "order", order }),
    onFill: (fill) => tell({ kind: "fill", fill }),
  });
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | null = null;
    let words = 0;
    const end = (): void => {
      unlisten();
      if (timer !== null) clearTimeout(timer);
    };
    child.on("message", (said: Said) => {
      // A process that is still loading has said nothing, and has nothing to lose.
      words += 1;
      if (death !== null && words >= death.words)
        timer ??= setTimeout(() => child.kill("SIGKILL"), death.afterMs);
      if (said.kind === "ask") answer(bench, state, names, said, tell);
      else if (said.kind === "done") {
        end();
        child.kill("SIGKILL");
        resolve(said);
      } else if (said.kind === "failed") reject(new Error(said.error));
    });
    child.on("exit", (_code, signal) => {
      end();
      if (signal === "SIGKILL") resolve(null);
      else reject(new Error("the robot ended by itself"));
    });
  });
}

function answer(
  bench: RobotBench,
  state: { row: number; doubled: number; orders: number },
  names: Set<string>,
  { id, method, args }: Extract<Said, { kind: "ask" }>,
  tell: (message: FromExchange) => void,
): void {
  const { side } = bench;
  const reply = (value: unknown): void => tell({ kind: "answer", id, value });
  if (method === "nextBar") {
    // A robot that was killed after it had asked asks again: the bar is still there.
    const asked = args[0] as number;
    while (state.row < asked) {
      state.row += 1;
      bench.world.nowMs = bench.exchange.nextTimeMs;
      bench.exchange.advance();
    }
    tell({ kind: "bar", row: asked });
    return reply(null);
  }
  if (method === "submit") {
    const order = args[0] as VenueOrderRequest;
    if (names.has(order.clientOrderId)) state.doubled += 1;
    else state.orders += 1;
    names.add(order.clientOrderId);
  }
  const target = side as unknown as Record<string, (...args: readonly unknown[]) => unknown>;
  reply(target[method]!.apply(side, [...args]));
}
