import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Prng } from "../src/base/prng.ts";
import { BarTable } from "../src/domain/bar-table.ts";
import { barsOf } from "../src/domain/bars.ts";
import type { BarStore, BarsToStore, Provenance } from "../src/ports/bar-store.ts";
import { BarStoreModel, hourlyBars, modelRows } from "./bar-store-model.ts";

const seed = 20240131;
const everything = [-Infinity, Infinity] as const;
const hourMs = 3_600_000;
const startMs = Date.UTC(2024, 0, 1);

/** Runs `use` with a folder of its own, removed afterwards. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  // Memory where there is some as a disk: thousands of synced writes would wait for a real one.
  const folder = await mkdtemp(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "kiwi-store-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Append = {
  readonly kind: "append";
  readonly hours: readonly number[];
  readonly edition: number;
  readonly flag: number;
  readonly source: string;
  readonly receivedAtMs: number;
  readonly mayJoin: "any";
};
type Step = Append | { readonly kind: "compact" } | { readonly kind: "reopen" };

const append = fc.record({
  kind: fc.constant("append" as const),
  hours: fc.uniqueArray(fc.nat({ max: 40 }), { maxLength: 12 }).map((hours) => hours.sort((a, b) => a - b)),
  edition: fc.nat({ max: 2 }),
  flag: fc.constantFrom(0, 0, 0, 1, 2),
  source: fc.constantFrom("binance", "o'hara, inc", "CSV"),
  receivedAtMs: fc.nat({ max: 50 }),
  mayJoin: fc.constant("any" as const),
});
const compact = fc.constant({ kind: "compact" } as const);
const reopen = fc.constant({ kind: "reopen" } as const);
const step = fc.oneof<fc.MaybeWeightedArbitrary<Step>[]>(
  { weight: 10, arbitrary: append },
  { weight: 1, arbitrary: compact },
  { weight: 1, arbitrary: reopen },
);
const steps = fc.array(step, { maxLength: 14 });

/** The promises of `BarStore`, as tests that every store must pass. */
export function testBarStore(name: string, open: (folder: string) => BarStore, runs: number): void {
  test(`${name}: any appends, overlaps, revisions and compactions agree with a naive model`, async () => {
    const property = fc.asyncProperty(steps, fc.integer(), async (taken, questions) => {
      await withFolder(async (folder) => {
        const model = new BarStoreModel();
        let store = open(folder);
        for (const step of taken) {
          if (step.kind === "compact") await store.compact("TEST", "1h");
          else if (step.kind === "reopen") {
            await store.close();
            store = open(folder);
          } else {
            const bars: BarsToStore = {
              ...hourlyBars(step.hours, step.edition),
              quality: new Uint8Array(step.hours.length).fill(step.flag),
            };
            expect(await store.append("TEST", "1h", bars, step)).toEqual(model.append(bars, step));
          }
        }
        await expectAgreement(store, model, new Prng(questions));
        await store.compact("TEST", "1h");
        await expectAgreement(store, model, new Prng(questions));
        await store.close();
      });
    });
    await fc.assert(property, { seed, numRuns: runs });
  });

  test(`${name}: every bit of a bar comes back, and its columns are exactly as long as it says`, async () => {
    await withFolder(async (folder) => {
      const prng = new Prng(seed);
      const length = 500;
      // Any finite double there is, from the smallest to the largest, of either sign.
      const any = (): number => {
        const value = new Float64Array(Uint32Array.of(prng.uint32(), prng.uint32()).buffer)[0]!;
        return Number.isFinite(value) ? value : prng.next();
      };
      const column = (): Float64Array => Float64Array.from({ length }, any);
      const columns = { open: column(), high: column(), low: column(), close: column(), volume: column() };
      columns.open.set([0, -0, Number.MIN_VALUE, Number.MAX_VALUE, Number.EPSILON, -1 / 3]);
      const bars = barsOf("BITS", "1m", {
        closeTimeMs: Float64Array.from({ length }, (_, row) => 60_000 * (row - 200)),
        ...columns,
      });
      const store = open(folder);
      await store.append("BITS", "1m", bars, { source: "csv", receivedAtMs: 1_700_000_000_123 });
      await store.close();
      const again = open(folder);
      const held = await again.read("BITS", "1m", ...everything);
      for (const field of ["closeTimeMs", "open", "high", "low", "close", "volume"] as const) {
        expect(held[field].length).toBe(length);
        expect(
          Buffer.from(held[field].buffer, held[field].byteOffset, 8 * length).equals(
            Buffer.from(bars[field].buffer),
          ),
        ).toBe(true);
      }
      expect(held.version.every((version) => version === 1)).toBe(true);
      expect(held.receivedAtMs.every((receivedAtMs) => receivedAtMs === 1_700_000_000_123)).toBe(true);
      await again.close();
    });
  });

  test(`${name}: a revised bar is a new version, and what was known before can still be asked for`, async () => {
    await withFolder(async (folder) => {
      const store = open(folder);
      await store.append("TEST", "1h", hourlyBars([1, 2, 3]), { source: "a", receivedAtMs: 1_000 });
      const revision = await store.append("TEST", "1h", hourlyBars([2, 3, 4], 1), {
        source: "b",
        receivedAtMs: 2_000,
        mayJoin: ["a"],
      });
      expect(revision).toEqual({ added: 1, revised: 2, unchanged: 0 });
      const now = modelRows(await store.read("TEST", "1h", ...everything));
      expect(now.map(({ version, source, quality }) => `${version} ${source} ${quality}`)).toEqual([
        "1 a 0",
        "2 b 2",
        "2 b 2",
        "1 b 0",
      ]);
      const then = await store.read("TEST", "1h", ...everything, { asOfMs: 1_999 });
      expect(then.close).toEqual(hourlyBars([1, 2, 3]).close);
      expect((await store.read("TEST", "1h", ...everything, { asOfMs: 999 })).length).toBe(0);
      await store.close();
    });
  });

  test(`${name}: bars of another source are refused, unless it is said that they may stand together`, async () => {
    await withFolder(async (folder) => {
      const store = open(folder);
      const from = (source: string, mayJoin?: Provenance["mayJoin"]): Provenance => {
        return { source, receivedAtMs: 0, mayJoin };
      };
      await store.append("TEST", "1h", hourlyBars([1, 2]), from("a"));
      const stranger = store.append("TEST", "1h", hourlyBars([3]), from("b", ["c"]));
      await expect(stranger).rejects.toMatchObject({ parts: { code: "SOURCE_DIFFERS", exit: "safety" } });
      // Not even where the bars are the same, or behind all that is held and read back by another process.
      const again = open(folder);
      await expect(again.append("TEST", "1h", hourlyBars([2]), from("b"))).rejects.toThrow("SOURCE_DIFFERS");
      expect((await again.read("TEST", "1h", ...everything)).length).toBe(2);
      await again.append("TEST", "1h", hourlyBars([3]), from("b", ["a"]));
      await again.append("TEST", "1h", hourlyBars([4]), from("c", "any"));
      await expect(again.append("TEST", "1h", hourlyBars([5]), from("a"))).rejects.toThrow("SOURCE_DIFFERS");
      expect(await store.list()).toMatchObject([{ bars: 4, sources: ["a", "b", "c"] }]);
      await Promise.all([store.close(), again.close()]);
    });
  });

  test(`${name}: what is known to be missing stays known until it is settled, and the first calendar stays`, async () => {
    await withFolder(async (folder) => {
      const store = open(folder);
      const known = async () => open(folder).missingOf("TEST", "1h");
      await store.settleMissing("TEST", "1h", { fromMs: 0, toMs: 9 });
      await store.noteMissing("TEST", "1h", { fromMs: 10, toMs: 20 });
      await store.noteMissing("TEST", "1h", { fromMs: 15, toMs: 30 });
      expect(await known()).toEqual([{ fromMs: 10, toMs: 30 }]);
      await store.append("TEST", "1h", hourlyBars([1, 2]), { source: "a", receivedAtMs: 0 });
      await store.append("TEST", "1h", hourlyBars([3]), {
        source: "a",
        receivedAtMs: 1,
        calendarName: "24/5",
      });
      await store.append("TEST", "1h", hourlyBars([4]), {
        source: "a",
        receivedAtMs: 1,
        calendarName: "24/7",
      });
      await store.compact("TEST", "1h");
      await store.settleMissing("TEST", "1h", { fromMs: 12, toMs: 14 });
      const left = [
        { fromMs: 10, toMs: 12 },
        { fromMs: 14, toMs: 30 },
      ];
      expect(await known()).toEqual(left);
      expect(await store.missing()).toEqual(
        left.map((range) => ({ symbol: "TEST", timeframe: "1h", ...range })),
      );
      expect(await store.list()).toMatchObject([{ bars: 4, calendarName: "24/5" }]);
      await store.settleMissing("TEST", "1h", { fromMs: 0, toMs: 99 });
      expect([await known(), await store.missing()]).toEqual([[], []]);
      expect((await store.read("TEST", "1h", ...everything)).length).toBe(4);
      await store.close();
    });
  });

  test(`${name}: symbols and timeframes that look alike to a file system stay apart`, async () => {
    await withFolder(async (folder) => {
      const store = open(folder);
      const symbols = [
        "BTC/USDT",
        "BTC_USDT",
        "btc_usdt",
        "BTC:USDT",
        "BTC.USDT",
        "..",
        "CON",
        "a b",
        "%41",
        "ÄÖ%",
        "[A]*?",
        "A",
      ];
      for (const [index, symbol] of symbols.entries()) {
        await store.append(symbol, "1h", hourlyBars([index]), { source: "a", receivedAtMs: 0 });
        for (const timeframe of ["1m", "1M"] as const)
          await store.append(
            symbol,
            timeframe,
            { ...hourlyBars([index + 20]), timeframe },
            { source: "a", receivedAtMs: 0 },
          );
      }
      for (const [index, symbol] of symbols.entries())
        expect([await store.lastCloseMs(symbol, "1h"), await store.lastCloseMs(symbol, "1M")]).toEqual([
          startMs + index * hourMs,
          startMs + (index + 20) * hourMs,
        ]);
      const held = await store.list();
      expect(held.map(({ symbol }) => symbol).sort()).toEqual(
        symbols.flatMap((symbol) => [symbol, symbol, symbol]).sort(),
      );
      expect(new Set(held.map(({ timeframe }) => timeframe))).toEqual(new Set(["1h", "1m", "1M"]));
      await store.close();
    });
  });

  test(`${name}: an empty store, an unknown symbol and an append of nothing are no errors`, async () => {
    await withFolder(async (folder) => {
      const store = open(join(folder, "not", "there", "yet"));
      expect(await store.list()).toEqual([]);
      expect(await store.lastCloseMs("TEST", "1h")).toBeNull();
      expect((await store.read("TEST", "1h", ...everything)).length).toBe(0);
      await store.compact("TEST", "1h");
      expect(await store.append("TEST", "1h", hourlyBars([]), { source: "a", receivedAtMs: 0 })).toEqual({
        added: 0,
        revised: 0,
        unchanged: 0,
      });
      expect(await store.list()).toEqual([]);
      await store.close();
    });
  });

  test(`${name}: bars that are not numbers in the order of time are refused with the place`, async () => {
    await withFolder(async (folder) => {
      const store = open(folder);
      const provenance: Provenance = { source: "a", receivedAtMs: 0 };
      const holed = hourlyBars([1, 2, 3]);
      holed.close[1] = Number.NaN;
      await expect(store.append("TEST", "1h", holed, provenance)).rejects.toMatchObject({
        parts: { code: "BARS_UNFIT", why: "close is NaN at 2024-01-01T02:00:00Z" },
      });
      for (const bars of [hourlyBars([2, 1]), hourlyBars([1, 1]), hourlyBars([Number.NaN])])
        await expect(store.append("TEST", "1h", bars, provenance)).rejects.toMatchObject({
          parts: { code: "BARS_UNFIT" },
        });
      for (const source of ["", "a\nb"])
        await expect(
          store.append("TEST", "1h", hourlyBars([1]), { source, receivedAtMs: 0 }),
        ).rejects.toMatchObject({ parts: { code: "BARS_UNFIT" } });
      expect(await store.list()).toEqual([]);
      await store.close();
    });
  });

  test(`${name}: writes that are started together take turns, and reads meanwhile see none half done`, async () => {
    await withFolder(async (folder) => {
      const store = open(folder);
      const provenance: Provenance = { source: "a", receivedAtMs: 0 };
      const pairs = Array.from({ length: 25 }, (_, pair) => [2 * pair, 2 * pair + 1]);
      const writes = pairs.map(async (hours) => store.append("TEST", "1h", hourlyBars(hours), provenance));
      const merging = store.compact("TEST", "1h");
      const lengths = [];
      for (let reading = 0; reading < 10; reading++)
        lengths.push((await store.read("TEST", "1h", ...everything)).length);
      expect(lengths.filter((length) => length % 2 === 1)).toEqual([]);
      expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
      // Closing waits for what is under way.
      await store.close();
      await Promise.all([...writes, merging]);
      const again = open(folder);
      expect((await again.read("TEST", "1h", ...everything)).close).toEqual(hourlyBars(pairs.flat()).close);
      await again.close();
    });
  });

  test(`${name}: a live table is stored up to its length, without its spare room`, async () => {
    await withFolder(async (folder) => {
      const store = open(folder);
      const provenance: Provenance = { source: "a", receivedAtMs: 0 };
      const table = new BarTable("TEST", "1h", 8);
      for (const hour of [1, 2, 3]) {
        table.append(startMs + hour * hourMs, hour, hour, hour, hour, hour);
        expect(await store.append("TEST", "1h", table, provenance)).toEqual({
          added: 1,
          revised: 0,
          unchanged: hour - 1,
        });
      }
      expect((await store.read("TEST", "1h", ...everything)).close).toEqual(Float64Array.of(1, 2, 3));
      await store.close();
    });
  });
}

/** Asks a store and the model the same questions: everything, and a few ranges as they were known at a few times. */
async function expectAgreement(store: BarStore, model: BarStoreModel, prng: Prng): Promise<void> {
  expect(modelRows(await store.read("TEST", "1h", ...everything))).toEqual(model.read(...everything));
  for (let question = 0; question < 4; question++) {
    const from = prng.integer(45);
    const [fromMs, toMs] = [startMs + from * hourMs, startMs + (from + prng.integer(45)) * hourMs];
    const asOfMs = question % 2 === 0 ? Infinity : prng.integer(50);
    expect(modelRows(await store.read("TEST", "1h", fromMs, toMs, { asOfMs }))).toEqual(
      model.read(fromMs, toMs, asOfMs),
    );
    expect(modelRows(await store.read("TEST", "1h", ...everything, { asOfMs }))).toEqual(
      model.read(...everything, asOfMs),
    );
  }
  const closes = model.closes();
  expect(await store.lastCloseMs("TEST", "1h")).toBe(closes.at(-1) ?? null);
  const held =
    closes.length === 0
      ? []
      : [
          {
            symbol: "TEST",
            timeframe: "1h",
            bars: closes.length,
            versions: model.versions,
            fromMs: closes[0],
            toMs: closes.at(-1),
          },
        ];
  expect(await store.list()).toMatchObject(held);
}
