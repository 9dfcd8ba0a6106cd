import { heldAgainstBacktest } from "../../src/app/trading/demo/held-against-backtest.ts";
import { replayStored } from "../../src/app/trading/replay-stored.ts";
import { findSession } from "../../src/app/trading/session-folder.ts";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { SessionStatus } from "../../src/app/trading/session-status.ts";
import { DemoBench } from "./demo-bench.ts";

// Trading as a person does it: real processes, a real wire, the demo's venue.

const benches: DemoBench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.remove();
});

function demo(): DemoBench {
  const bench = new DemoBench();
  benches.push(bench);
  return bench;
}

/** Nothing opens any more: what is held only shrinks, and no order works. */
async function standsStill(bench: DemoBench, ms: number): Promise<void> {
  const held = () =>
    bench.askVenue(async (connection) => {
      const { positions } = await connection.account();
      return [...positions].reduce((sum, [, { quantity }]) => sum + Math.abs(quantity), 0);
    });
  const before = await held();
  await new Promise((resolve) => setTimeout(resolve, ms));
  expect(await held()).toBeLessThanOrEqual(before + 1e-9);
  const open = await bench.askVenue((connection) => connection.openOrders());
  expect(open).toEqual({ kind: "whole", orders: [] });
}

test("the demo fills within a minute, shows why, replays alike, and a kill from another terminal ends its trading", async () => {
  const bench = demo();
  const status = await bench.startUntilFilled(60_000);
  expect(status.firstFillMs).toBeLessThan(60_000);
  console.log(`first fill of the demo after ${(status.firstFillMs! / 1000).toFixed(1)} s`);
  const shown = await bench.run("paper", "status");
  expect(shown.code).toBe(0);
  for (const word of ["PAPER: play money", "SYNTHETIC MARKET", "positions", "fast above slow", "bought"])
    expect(shown.out).toContain(word);
  for (const line of shown.out.split("\n")) expect(line.length).toBeLessThanOrEqual(110);
  expect((await bench.run("logs", "--part", "report")).out).toMatch(/ report bought [\d.]+ \S+ at /);
  expect((await bench.run("logs", "--order", "1", "--level", "debug")).out).toContain("accepted");

  // Why it traded, asked while it trades: the strategy on the bars of the journal, and what came of it.
  const at = status.decisions.find(({ what }) => what === "wants")!;
  const why = await bench.run(
    "explain",
    "--at",
    new Date(at.timeMs).toISOString().slice(0, 16),
    "-p",
    at.symbol,
  );
  expect([why.code, why.out]).toEqual([
    0,
    expect.stringMatching(/by its journal: on this bar it held (nothing|-?[\d.]+)/),
  ]);
  expect(why.out).toContain(`signal`);
  expect(why.out).not.toContain("only warms up");
  expect(why.out).toContain(at.reason);
  // By its name, as any run.
  const named = ["explain", findSession(bench.home, undefined).id, "--at", "now", "-p", at.symbol];
  expect((await bench.run(...named)).out).toContain("what the session did, by its journal");
  const live = await bench.run("explain", "live", "--at", "now", "-p", at.symbol);
  expect(live.out).toContain("what the session did, by its journal");
  const lived = await replayStored(bench.home, findSession(bench.home, undefined));
  expect(heldAgainstBacktest(lived)).toMatchObject({ difference: null });

  // A copy that is made while it trades holds whole records.
  expect(await bench.run("db", "backup", "copy")).toMatchObject({ code: 0 });

  await takesOffWhatIsNobodys(bench, status.robot.positions[0]!.symbol);
  const killed = await bench.runElsewhere("kill", "--flatten", "--reason", "a test");
  expect(killed.out).toContain("no order works, nothing is held");
  expect(killed.code).toBe(0);
  await standsStill(bench, 8_000);
  expect((await bench.run("paper", "status")).out).toContain("HALTED: person: a test");
  expect((await bench.run("paper", "stop")).code).toBe(0);
  await bench.ended();
  const closed = await bench.run("status");
  expect(closed.out).toMatch(/^parts +closed$/m);
  // Halted, restarted, and for every account: it does not start.
  const again = await bench.runElsewhere("paper", "start", "--demo");
  expect(again.code).toBe(7);
  expect(again.err).toContain("KILL_LATCHED");
  const replayed = await bench.run("replay", "last");
  expect(replayed.out).toContain("as recorded");
  expect(replayed.code).toBe(0);
  await explainsItself(bench);
  await saysTheSame(bench);
}, 180_000);

/** An order of somebody else stops its symbol; status says so and how it is taken off, and that helps. */
async function takesOffWhatIsNobodys(bench: DemoBench, symbol: string): Promise<void> {
  const life = { timeInForce: "gtc", expireTimeMs: Infinity, postOnly: false, reduceOnly: false } as const;
  const about = { clientOrderId: "by-hand", symbol, ...life } as const;
  const answer = await bench.askVenue(async (connection) => {
    // Far from the market, on the side for which there is something: money, or what is held.
    const terms = { type: "limit", limitPrice: 1 } as const;
    const far = { type: "limit", limitPrice: 10_000 } as const;
    // For a while there may be neither: all money is in, and a stop has all that is held.
    for (const endMs = Date.now() + 40_000; ; await new Promise((resolve) => setTimeout(resolve, 200))) {
      const bought = await connection.submit({ ...about, side: "buy", quantity: 20, terms });
      if (bought.kind === "accepted") return bought;
      const sold = await connection.submit({ ...about, side: "sell", quantity: 0.01, terms: far });
      if (sold.kind === "accepted" || Date.now() > endMs) return sold;
    }
  });
  expect("reason" in answer ? answer.reason : answer.kind).toBe("accepted");
  await bench.until(({ robot }) => robot.strangers?.length === 1, 30_000);
  const said = (await bench.run("status")).out;
  expect(said).toContain(`active, but NOT ${symbol} (below)`);
  expect(said).toContain("kiwi paper orders --cancel by-hand");
  const own = bench
    .status()!
    .robot.orders.flatMap(({ clientOrderIds }) => clientOrderIds)
    .at(-1);
  if (own !== undefined)
    expect((await bench.run("paper", "orders", "--cancel", own)).err).toMatch(/ORDER_(TENDED|NOT_FOUND)/);
  expect((await bench.run("paper", "orders")).out).toMatch(/by-hand .*not known here/);
  const taken = await bench.run("paper", "orders", "--cancel", "by-hand");
  expect([taken.code, taken.out]).toEqual([0, expect.stringContaining("by-hand is gone")]);
  expect((await bench.run("paper", "orders")).out).not.toContain("by-hand");
}

/** The day beside the backtest of the same bars adds up, and the costs of the fills are there to be fitted. */
async function explainsItself(bench: DemoBench): Promise<void> {
  const days = bench.comparedDays();
  const made = days.reduce((sum, { today }) => sum + today.pnl - today.shadowPnl, 0);
  const explained = days.flatMap(({ today }) => Object.values(today.explanation));
  expect(explained.reduce((sum, part) => sum + part, 0)).toBeCloseTo(made, 6);
  expect(made).toBeCloseTo(days.at(-1)!.pnl - days.at(-1)!.shadowPnl, 6);
  const refit = await bench.run("costs", "refit", "last", "--to-file", "costs.json");
  if (refit.code === 0) expect(refit.out).toContain("95 of 100 times within");
  else expect(refit.err).toContain("FILLS_TOO_FEW");
}

/** The tables tell what the session said of itself at its end; a copy of the journal that ends earlier tells its beginning. */
async function saysTheSame(bench: DemoBench): Promise<void> {
  const { robot } = bench.status()!;
  expect(await bench.run("db", "update")).toMatchObject({ code: 0 });
  const told = bench.table("fills");
  expect(told).toHaveLength(robot.counts.fills);
  expect(bench.table("sessions")).toMatchObject([
    { decisions_hash: robot.decisionsHash, replay_failure: null },
  ]);
  expect(bench.table("equity").at(-1)).toMatchObject({ equity: robot.equity });
  expect(bench.table("events")).toContainEqual(expect.objectContaining({ kind: "trading", what: "halted" }));
  bench.moveHome();
  expect(await bench.run("db", "restore", "copy")).toMatchObject({ code: 0 });
  const earlier = bench.table("fills");
  expect(earlier.length).toBeGreaterThan(0);
  expect(told.slice(0, earlier.length)).toEqual(earlier);
}

test("a robot that stands still is found by its watchdog, and sends nothing when it goes on", async () => {
  if (process.platform === "win32") return;
  const bench = demo();
  await bench.startUntilFilled(60_000);
  bench.signal("SIGSTOP");
  const pulled = async (): Promise<string> => (await bench.run("kill", "status")).out;
  let text = "";
  for (const endMs = Date.now() + 40_000; Date.now() < endMs && !text.includes("no order works");) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    text = await pulled();
  }
  expect(text).toContain("watchdog  the robot has been silent for");
  expect(text).toContain("no order works");
  bench.signal("SIGCONT");
  await standsStill(bench, 6_000);
  expect((await bench.run("paper", "status")).code).toBe(7);
}, 180_000);

const oftenText = `import { crossOver, crossUnder, sma, strategy } from "kiwi";
export default strategy({
  name: "often",
  summary: "Crosses of averages so short that something happens while one looks on.",
  params: {},
  setup: ({ bars }) => ({ fast: sma(bars.close, 3), slow: sma(bars.close, 8) }),
  onBar({ series, target }) {
    if (crossOver(series.fast, series.slow)) target(1, { reason: "fast above slow" });
    if (crossUnder(series.fast, series.slow)) target(0, { reason: "fast below slow" });
  },
});
`;

test("two strategies share the demo's account: each has its money and its fills, and one command shows all", async () => {
  const bench = demo();
  writeFileSync(join(bench.folder, "often.ts"), oftenText);
  // The newest of the two is the one that fills first.
  await bench.startUntilFilled(60_000, "trend-following", "./often.ts");
  // What it has of the account, and what it holds, are told with the next look.
  const isTold = ({ shared, robot }: SessionStatus): boolean => shared != null && robot.positions.length > 0;
  await bench.until(isTold, 60_000);
  const { code, out } = await bench.run("status", "--json");
  expect(code).toBe(0);
  const { sessions } = JSON.parse(out) as {
    sessions: { note: { part: object }; isRunning: boolean; status: SessionStatus }[];
  };
  expect(sessions.map(({ note, isRunning }) => [note.part, isRunning])).toEqual([
    [{ name: "trend-following", share: 0.5 }, true],
    [{ name: "./often.ts", share: 0.5 }, true],
  ]);
  for (const { status } of sessions) expect(status.robot.equity / 5_000).toBeCloseTo(1, 1);
  const held = new Map<string, number>();
  for (const { status } of sessions)
    for (const { symbol, quantity } of status.robot.positions)
      held.set(symbol, (held.get(symbol) ?? 0) + quantity);
  expect(Math.max(...held.values())).toBeGreaterThan(0);
  const shown = await bench.run("status");
  for (const word of ["trend-following", "often", "at the venue", "by whom"])
    expect(shown.out).toContain(word);
  expect((await bench.run("paper", "stop")).code).toBe(0);
  await bench.ended();
  // One of them is a file: what it imports is found in a process of Kiwi.
  expect((await bench.runElsewhere("replay", "last")).out).toContain("as recorded");
}, 180_000);
