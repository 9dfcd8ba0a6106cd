import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/run-kiwi.ts";
import { Prng } from "../../base/prng.ts";
import type { OrderId, OrderRequest } from "../../domain/order.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { JournalRecord } from "../../ports/journal-store.ts";
import { resolveConfig } from "../config/resolve-config.ts";
import { fitCosts, type CostFit } from "./fit-costs.ts";
import { fitFileOf } from "./fit-file.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

const planted = { slippage: 0.0012, taker: 0.0007, latencyMs: 180 };

/** A journal of market orders, each decided at the close of a minute and filled at what was planted, with noise. */
function* journal(count: number): Generator<JournalRecord> {
  const prng = new Prng(7);
  yield {
    kind: "instruments",
    atMs: 0,
    instruments: [
      {
        symbol: "BTC/USD",
        tickSize: 0.01,
        lotSize: 1e-4,
        quantityMin: 0,
        notionalMin: 0,
        contractMultiplier: 1,
        baseCurrency: "BTC",
        quoteCurrency: "USD",
        isTradable: true,
        canShort: false,
      },
    ],
  };
  for (let k = 1; k <= count; k++) {
    const [timeMs, open] = [k * 60_000, 100 + prng.normal()];
    const side = k % 2 === 1 ? "buy" : "sell";
    const sign = side === "buy" ? 1 : -1;
    const order = {
      id: k as OrderId,
      instrument: 0 as InstrumentIndex,
      side,
      quantity: 2,
      terms: { type: "market" },
      requestedMs: timeMs,
      reason: "",
    } as OrderRequest;
    yield { kind: "order", order };
    const clientOrderId = `s-${k}`;
    const request = { clientOrderId } as Extract<JournalRecord, { kind: "intent" }>["request"];
    yield { kind: "intent", atMs: timeMs + 5, errand: "submit", orderId: order.id, request };
    const price = open * (1 + sign * (planted.slippage + 0.0002 * prng.normal()));
    const common = { clientOrderId, venueOrderId: `v${k}`, symbol: "BTC/USD", side, price } as const;
    const atMs = timeMs + 5 + planted.latencyMs + 20 * prng.normal();
    // Two parts: one pays in dollars, the other one in bitcoin.
    for (const part of [1, 2])
      yield {
        kind: "fill",
        atMs: atMs + part - 1,
        fill: {
          ...common,
          fillId: `f${k}.${part}`,
          quantity: 1,
          fee: part === 1 ? planted.taker * price : planted.taker,
          feeCurrency: part === 1 ? "USD" : "BTC",
          liquidity: "taker",
          venueTimeMs: atMs,
          receivedAtMs: atMs,
        },
      };
    const bar = { instrument: 0, closeTimeMs: timeMs + 60_000, open, high: open, low: open, close: open };
    yield {
      kind: "slice",
      timeMs: timeMs + 60_000,
      isStale: false,
      bars: [{ ...bar, volume: 1 }],
      reports: [],
    };
  }
}

test("what was planted is found again, inside its interval", () => {
  const found = fitCosts(journal(60));
  expect(found.fills).toBe(60);
  for (const name of ["slippage", "taker", "latencyMs"] as const) {
    const { value, low, high, count } = found[name]!;
    expect(count).toBe(60);
    expect(value).toBeGreaterThanOrEqual(low);
    expect(high).toBeGreaterThanOrEqual(value);
    expect(low * (1 - 1e-9), name).toBeLessThanOrEqual(planted[name]);
    expect(high * (1 + 1e-9), name).toBeGreaterThanOrEqual(planted[name]);
  }
  expect(found.slippage!.high - found.slippage!.low).toBeLessThan(0.0003);
  expect(found.maker).toBeNull();
  expect(fitCosts(journal(60))).toEqual(found);
});

test("fees that the venue does not tell are no fees of zero: no commission is fitted", () => {
  const told = Array.from(journal(60), (record): JournalRecord =>
    record.kind === "fill" ? { ...record, fill: { ...record.fill, fee: 0, isFeeUntold: true } } : record,
  );
  const found = fitCosts(told);
  expect([found.fills, found.taker, found.slippage!.count]).toEqual([60, null, 60]);
});

test("a handful of fills fits nothing, and says so", () => {
  const found = fitCosts(journal(5));
  expect(found).toMatchObject({ fills: 5, slippage: null, taker: null });
  expect(() => fitFileOf("s1", found, false)).toThrow("FILLS_TOO_FEW");
});

const settings = async (env: Record<string, string> = {}, sets: readonly string[] = []) =>
  (await resolveConfig({ folder, env, sets })).config.costs;

test("a configuration takes fitted costs in the place of its own, and a word on the command line wins over both", async () => {
  const found: CostFit = fitCosts(journal(60));
  const write = (isCautious: boolean): void =>
    writeFileSync(join(folder, "costs.json"), JSON.stringify(fitFileOf("s1", found, isCautious)));
  write(false);
  writeFileSync(
    join(folder, "kiwi.config.jsonc"),
    '{ "costs": { "slippage": { "use": "volatility" }, "fitFile": "costs.json", "borrowRate": 0.01 } }',
  );
  expect(await settings()).toMatchObject({
    commission: { use: "rate", rate: found.taker!.value },
    slippage: { use: "fixed", rate: found.slippage!.value },
    latencyMs: found.latencyMs!.value,
    borrowRate: 0.01,
  });
  expect((await settings({}, ["costs.latencyMs=7"])).latencyMs).toBe(7);
  write(true);
  expect((await settings()).slippage["rate"]).toBe(found.slippage!.high);
});

test.each([
  ["{", "it is no JSON"],
  ['{"schema":"cost-fit@1"}', "session"],
])("a file %s is refused: %s", async (text, why) => {
  writeFileSync(join(folder, "costs.json"), text);
  await expect(settings()).rejects.toMatchObject({
    parts: { code: "FIT_FILE_INVALID", why: expect.stringContaining(why) as string },
  });
  await expect(settings({ KIWI__costs__fitFile: "none.json" })).rejects.toThrow(
    "KIWI__costs__fitFile names none.json",
  );
});
