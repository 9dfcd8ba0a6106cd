import { expect, test } from "vitest";
import type { AccountSnapshot } from "../../src/ports/broker-connection.ts";
import { hours, scripted } from "../scripted-run.ts";
import { RobotBench, type BenchOptions } from "./robot-bench.ts";

const flat = (count: number): readonly number[] => Array.from({ length: count }, () => 100);

/** An exchange on which 30 AAA were bought at 100 by hand; no session has begun. */
function held(options: Partial<BenchOptions> = {}): RobotBench {
  const tape = [hours(flat(12), "AAA")];
  const at = new RobotBench({ tape, strategy: scripted({}), ...options });
  for (at.row = 0; at.row < 2; at.row++) {
    at.world.nowMs = at.closeMs;
    at.exchange.advance();
    if (at.row === 0) at.side.tradeByHand("AAA", "buy", 30);
  }
  at.row -= 1;
  at.world.nowMs += 1;
  return at;
}

/** The account is told as `change` of what it is. */
function told(at: RobotBench, change: (snapshot: AccountSnapshot) => AccountSnapshot): void {
  const asItIs = at.link.account.bind(at.link);
  at.link.account = async () => change(await asItIs());
}

const messages = (at: RobotBench) => at.incidents.map(({ gravity, message }) => `${gravity}: ${message}`);

test("a new session begins with what the account holds and with its money, and says so", async () => {
  const at = held();
  const { balance, equity } = at.side.account();
  await at.start();
  await at.bars(1);
  expect(at.robot!.holding("AAA")).toBe(30);
  expect(at.robot!.status()).toMatchObject({ cash: balance, equity });
  expect(messages(at)).toEqual(["notice: the session begins with what the account holds: 30 AAA at 100"]);
});

test("what somebody else holds on the account is not money of the session", async () => {
  const at = held();
  told(at, (snapshot) => ({
    ...snapshot,
    equity: snapshot.equity + 50_000,
    positions: new Map([
      ...snapshot.positions,
      ["HOUSE", { quantity: 10, averagePrice: 5_000, paid: 50_000 }],
    ]),
  }));
  await at.start();
  await at.bars(1);
  expect(at.robot!.status().equity).toBeCloseTo(at.side.account().equity, 6);
});

test("of a contract only profit and loss are money: what it is worth is not counted again", async () => {
  const at = held();
  // The wallet of a venue of contracts keeps its money when something is opened.
  told(at, (snapshot) => ({
    ...snapshot,
    cash: new Map([["USD", 100_000]]),
    balance: 100_000,
    positions: new Map([["AAA", { quantity: 30, averagePrice: 90, paid: 0 }]]),
  }));
  await at.start();
  await at.bars(1);
  expect(at.robot!.status().equity).toBeCloseTo(100_000 + 30 * (100 - 90), 6);
});

test("what fills while a session begins is booked once, and whatever is told late of before it never", async () => {
  const at = held();
  const asItIs = at.link.account.bind(at.link);
  let asked = 0;
  at.link.account = async () => {
    asked += 1;
    const snapshot = await asItIs();
    if (asked !== 1) return snapshot;
    // Between the time of this answer and the answer itself: it is in the holdings already.
    at.side.tradeByHand("AAA", "buy", 7);
    at.row += 1;
    at.world.nowMs = at.closeMs;
    at.exchange.advance();
    at.world.nowMs += 1;
    return { ...(await asItIs()), venueTimeMs: snapshot.venueTimeMs };
  };
  await at.start();
  await at.bars(1);
  const { balance, positions } = at.side.account();
  expect(positions.get("AAA")!.quantity).toBe(37);
  expect(at.robot!.holding("AAA")).toBe(37);
  expect(at.robot!.status().cash).toBeCloseTo(balance, 6);
  const [bought] = await at.link.fillsSince(0);
  at.link.listener!.onFill({ ...bought!, fillId: "the same by another name" });
  await at.bars(1);
  expect(at.robot!.holding("AAA")).toBe(37);
  expect(at.robot!.status().cash).toBeCloseTo(balance, 6);
});

test("of a symbol of which nothing is held a fill of before is not booked either", async () => {
  const at = held();
  const [bought] = await at.link.fillsSince(0);
  at.side.tradeByHand("AAA", "sell", 30);
  at.exchange.advance();
  at.row += 1;
  at.world.nowMs = at.closeMs + 1;
  await at.start();
  at.link.listener!.onFill({ ...bought!, fillId: "told late" });
  await at.bars(1);
  expect(at.robot!.holding("AAA")).toBe(0);
  expect(at.robot!.status().cash).toBeCloseTo(at.side.account().balance, 6);
});
