import { expect, test } from "vitest";
import { openJournal } from "../../src/adapters/stores/journal/journal-file.ts";
import { runBacktest } from "../../src/app/runs/run-backtest.ts";
import { hourMs } from "../../src/base/time.ts";
import type { BarTable } from "../../src/domain/bar-table.ts";
import type { AnyStrategy } from "../../src/ports/strategy.ts";
import { SharedAccount } from "../../src/robot/account/shared-account.ts";
import { closeAccount } from "../../src/robot/kill/close-account.ts";
import type { Robot, RobotParts } from "../../src/robot/robot-parts.ts";
import type { Incident } from "../../src/robot/robot-types.ts";
import { smaCross } from "../../src/strategies/sma-cross.ts";
import { hours, scripted, type Script } from "../scripted-run.ts";
import { MemoryDisk } from "../simulation/execution/memory-disk.ts";
import { centMarket } from "./kill-market.ts";
import { RobotBench } from "./robot-bench.ts";

/** One of the sessions of an account. */
type Part = {
  readonly tag: string;
  readonly share: number;
  readonly strategy: AnyStrategy;
  readonly tape: readonly BarTable[];
};

/** Several robots on one account of an exchange in memory. */
class SharedBench {
  readonly bench: RobotBench;
  readonly incidents = new Map<string, Incident[]>();
  account: SharedAccount;
  robots: Robot[] = [];
  private readonly parts: readonly Part[];
  private readonly robotParts: Partial<RobotParts>;
  private readonly disks: readonly MemoryDisk[];

  constructor(tape: readonly BarTable[], parts: readonly Part[], robotParts: Partial<RobotParts> = {}) {
    this.parts = parts;
    this.robotParts = robotParts;
    this.bench = new RobotBench({ tape, strategy: parts[0]!.strategy });
    this.disks = parts.map(({ tag }) => new MemoryDisk(this.bench.world.prng.fork(tag)));
    this.account = this.openAccount();
  }

  async start(): Promise<readonly Robot[]> {
    this.account = this.openAccount();
    this.robots = [];
    for (const [k, { tag, strategy, tape }] of this.parts.entries()) {
      const seat = this.account.seats[k]!;
      const heard: Incident[] = [];
      this.incidents.set(tag, heard);
      const robot = await this.bench.start(
        {
          connection: seat,
          journal: openJournal(this.disks[k]!),
          sessionTag: tag,
          atDifference: "own",
          onIncident: (incident) => heard.push(incident),
          ...this.robotParts,
        },
        { strategy, tape },
      );
      seat.begin(robot);
      this.robots.push(robot);
    }
    return this.robots;
  }

  async stop(): Promise<void> {
    for (const robot of this.robots) await robot.stop();
    await this.account.close();
  }

  held(symbol = "AAA"): readonly number[] {
    return this.robots.map((robot) => robot.holding(symbol));
  }

  kinds(tag: string): readonly string[] {
    return this.incidents.get(tag)!.map(({ kind }) => kind);
  }

  private openAccount(): SharedAccount {
    return new SharedAccount(
      this.bench.link,
      this.parts.map(({ tag, share, tape }) => ({ tag, share, symbols: tape.map(({ symbol }) => symbol) })),
    );
  }
}

function flat(count: number): BarTable {
  return hours(
    Array.from({ length: count }, () => 100),
    "AAA",
  );
}

/** Two scripts over one symbol that stands still at 100. */
function two(first: Script, second: Script, count = 12): SharedBench {
  const tape = [flat(count)];
  return new SharedBench(tape, [
    { tag: "one", share: 0.5, strategy: scripted(first), tape },
    { tag: "two", share: 0.3, strategy: scripted(second), tape },
  ]);
}

test("each strategy of an account decides, orders and fills as it would alone with its share of the money", async () => {
  const tape = centMarket(5, 2, 400);
  const parts = [
    { tag: "one", share: 0.5, strategy: smaCross, tape: [tape[0]!] },
    { tag: "two", share: 0.25, strategy: smaCross, tape: [tape[1]!] },
    { tag: "both", share: 0.25, strategy: smaCross, tape },
  ];
  // Comparing the account costs nothing here but the time of the test.
  const limits = { openOrdersEveryMs: 7 * hourMs, positionsEveryMs: 24 * hourMs };
  const shared = new SharedBench(tape, parts, { limits });
  await shared.start();
  await shared.bench.bars(400);
  const { config } = shared.bench;
  for (const [k, [money, bars]] of (
    [
      [50_000, [tape[0]!]],
      [25_000, [tape[1]!]],
      [25_000, tape],
    ] as const
  ).entries()) {
    const backtest = runBacktest({
      bars,
      strategy: smaCross,
      params: {},
      config: {
        ...config,
        account: { ...config.account, cash: money },
        execution: { ...config.execution, flattenAtEnd: false },
      },
    });
    expect(backtest.log.events.count("fill")).toBeGreaterThan(4);
    const { decisionsHash, equity } = shared.robots[k]!.status();
    expect(decisionsHash).toBe(backtest.decisionsHash);
    expect(equity).toBeCloseTo(backtest.session.portfolio.equity, 6);
  }
  expect([...shared.incidents.values()].flat()).toEqual([]);
  // What the strategies have made is what the account has made.
  const whole = await shared.bench.link.account();
  expect(shared.robots.reduce((sum, robot) => sum + robot.status().equity, 0)).toBeCloseTo(whole.equity, 6);
});

test("two strategies hold the two sides of one symbol, and each sees its own", async () => {
  const shared = two({ 2: [1], 6: [0] }, { 3: [-1], 7: [0] });
  await shared.start();
  await shared.bench.bars(5);
  expect(shared.held()).toEqual([249, -149]);
  expect((await shared.bench.link.account()).positions.get("AAA")!.quantity).toBe(100);
  expect(shared.robots.map((robot) => robot.status().positions.map(({ quantity }) => quantity))).toEqual([
    [249],
    [-149],
  ]);
  // The exit of the first is larger than what the account holds of the symbol.
  await shared.bench.bars(5);
  expect(shared.held()).toEqual([0, 0]);
  expect((await shared.bench.link.account()).positions.size).toBe(0);
  await shared.bench.pass(hourMs);
  expect([...shared.incidents.values()].flat()).toEqual([]);
});

test("a first question about the account that gets no answer is put again", async () => {
  const shared = two({ 2: [1] }, { 3: [0.5] });
  const { link } = shared.bench;
  const asked = link.account.bind(link);
  let failures = 2;
  link.account = async () => {
    if (failures-- > 0) throw new Error("no answer");
    return asked();
  };
  await shared.start();
  await shared.bench.bars(5);
  expect(shared.held()).toEqual([249, 74]);
});

test("what a person trades on the account is his: no strategy holds, misses or returns anything by it", async () => {
  const shared = two({ 2: [1], 8: [0] }, { 3: [0.5], 9: [0] });
  shared.bench.side.tradeByHand("AAA", "buy", 7);
  await shared.start();
  await shared.bench.bars(4);
  shared.bench.side.tradeByHand("AAA", "buy", 20);
  await shared.bench.bars(2);
  shared.bench.side.tradeByHand("AAA", "sell", 27);
  await shared.bench.bars(1);
  await shared.bench.pass(120_000);
  expect(shared.held()).toEqual([249, 74]);
  await shared.bench.bars(4);
  expect(shared.held()).toEqual([0, 0]);
  // That somebody trades there is told.
  const told = new Set(["one", "two"].flatMap((tag) => shared.kinds(tag)));
  expect([...told]).toEqual(["external order"]);
});

test("what a person takes away from the strategies is taken from each by its part, told at once, and opened no more", async () => {
  const shared = two({ 2: [1], 9: [1, { reason: "again" }] }, { 3: [0.5] });
  await shared.start();
  await shared.bench.bars(5);
  const [first, second] = shared.held();
  // 162 of 323 are sold.
  const halves = [first, second].map((held) => expect.closeTo(held! * (1 - 162 / 323), 9));
  shared.bench.side.tradeByHand("AAA", "sell", Math.ceil((first! + second!) / 2));
  await shared.bench.bars(1);
  expect(shared.held()).toEqual(halves);
  for (const tag of ["one", "two"]) expect(shared.kinds(tag)).toContain("external fill");
  await shared.bench.bars(1);
  expect(shared.robots[0]!.status().positions[0]).toMatchObject({ quantity: halves[0] });
  await shared.bench.pass(120_000);
  expect(shared.kinds("one")).not.toContain("position differs");
});

test("what is sold while nobody listens is missing, and is found", async () => {
  const shared = two({ 2: [1] }, { 3: [0.5] });
  await shared.start();
  await shared.bench.bars(5);
  const [first, second] = shared.held();
  // 162 of 323 are sold.
  const halves = [first, second].map((held) => expect.closeTo(held! * (1 - 162 / 323), 9));
  await shared.stop();
  shared.bench.side.tradeByHand("AAA", "sell", Math.ceil((first! + second!) / 2));
  await shared.bench.bars(1);
  await shared.start();
  expect(shared.held()).toEqual([first, second]);
  await shared.bench.pass(180_000);
  expect(shared.held()).toEqual(halves);
  expect(shared.kinds("two")).toContain("external fill");
});

test("sessions that are stopped and started again go on with what is theirs", async () => {
  const plan = [
    { 2: [1], 9: [0] },
    { 3: [-1], 10: [0.5] },
  ] as const;
  const whole = two(plan[0], plan[1]);
  await whole.start();
  await whole.bench.bars(12);
  const parted = two(plan[0], plan[1]);
  for (const count of [4, 3, 5]) {
    await parted.start();
    await parted.bench.bars(count);
    if (count !== 5) await parted.stop();
  }
  const told = (shared: SharedBench) =>
    shared.robots.map((robot) => {
      const { decisionsHash, equity, positions } = robot.status();
      return { decisionsHash, equity, positions };
    });
  expect(told(parted)).toEqual(told(whole));
  expect(whole.held()).toEqual([0, 74]);
});

test("the kill switch closes the account, and every strategy books its part of it", async () => {
  const shared = two({ 2: [1] }, { 3: [-0.5] });
  shared.bench.side.tradeByHand("AAA", "buy", 10);
  await shared.start();
  await shared.bench.bars(5);
  const { world, link } = shared.bench;
  shared.bench.trading = { state: "halted", reason: "a test" };
  const closing = closeAccount({
    connection: link,
    clock: world.clockOf(world.process("killer")),
    log: { debug() {}, info() {}, warn() {}, error() {} },
    pull: { id: "abcdefgh1234", action: "flatten" },
    signal: new AbortController().signal,
  });
  await shared.bench.pass(10_000);
  await shared.bench.bars(1);
  await shared.bench.pass(60_000);
  expect(await closing).toEqual({});
  expect((await link.account()).positions.size).toBe(0);
  expect(shared.held()).toEqual([0, 0]);
});

test("money that comes and goes on the account is no strategy's return", async () => {
  const shared = two({ 2: [1] }, { 3: [0.5] });
  await shared.start();
  await shared.bench.bars(5);
  const before = shared.robots.map((robot) => robot.status().equity);
  const { link } = shared.bench;
  const asked = link.account.bind(link);
  link.account = async () => {
    const account = await asked();
    const cash = new Map([...account.cash].map(([currency, money]) => [currency, money + 40_000]));
    return { ...account, cash, equity: account.equity + 40_000 };
  };
  await shared.bench.pass(120_000);
  expect(shared.robots.map((robot) => robot.status().equity)).toEqual(before);
  expect(shared.robots.map((robot) => robot.status().venueEquity!.equity)).toEqual(before);
  expect(shared.account.whole!.equity).toBeCloseTo(140_000 - (100_000 - before[0]! - before[1]! - 20_000), 6);
  expect([...shared.incidents.values()].flat()).toEqual([]);
});
