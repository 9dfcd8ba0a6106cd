import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson, sha256 } from "../../../base/hash.ts";
import { withFolder } from "../../../../test/bar-store-contract.ts";
import { MemoryRanges } from "../../../../test/data-pipeline-fakes.ts";
import type { FetchedSeries } from "../../../ports/fetched-ranges.ts";
import { FetchedRangesFiles } from "./fetched-ranges-files.ts";

const seed = 20240702;
const key = ["Binance", "BTCUSDT", "1h"] as const;

/** The only file of coverage in a folder. */
async function fileIn(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => name.endsWith(".json"));
  expect(files).toHaveLength(1);
  return join(folder, files[0]!);
}

const bySeries = (a: FetchedSeries, b: FetchedSeries): number => (nameOf(a) < nameOf(b) ? -1 : 1);
const nameOf = ({ source, symbol, timeframe }: FetchedSeries): string => `${source} ${symbol} ${timeframe}`;

const step = fc.record({
  kind: fc.constantFrom("add" as const, "add" as const, "forget" as const),
  source: fc.constantFrom("Binance", "binance", "o'hara, inc"),
  symbol: fc.constantFrom("BTCUSDT", "btcusdt", "BTC/USDT"),
  timeframe: fc.constantFrom("1m" as const, "1M" as const),
  fromMs: fc.nat({ max: 50 }),
  spanMs: fc.nat({ max: 20 }),
});

test("any additions and removals agree with a naive model, also in the next process", async () => {
  const property = fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
    await withFolder(async (folder) => {
      const model = new MemoryRanges();
      for (const { kind, source, symbol, timeframe, fromMs, spanMs } of steps) {
        const range = { fromMs, toMs: fromMs + spanMs };
        await model[kind](source, symbol, timeframe, range, { bars: spanMs, firstMs: fromMs });
        await new FetchedRangesFiles(folder)[kind](source, symbol, timeframe, range, {
          bars: spanMs,
          firstMs: fromMs,
        });
      }
      const files = new FetchedRangesFiles(folder);
      for (const { source, symbol, timeframe } of steps) {
        expect(await files.of(source, symbol, timeframe)).toEqual(await model.of(source, symbol, timeframe));
      }
      const everything = (await files.all()).filter(({ ranges }) => ranges.length > 0);
      expect(everything.toSorted(bySeries)).toEqual((await model.all()).toSorted(bySeries));
    });
  });
  await fc.assert(property, { seed, numRuns: 25 });
});

test("many at a time lose nothing of each other", async () => {
  await withFolder(async (folder) => {
    const one = new FetchedRangesFiles(folder);
    const other = new FetchedRangesFiles(folder);
    const adds = Array.from({ length: 20 }, (_, at) =>
      (at % 2 === 0 ? one : other).add(
        ...key,
        { fromMs: 10 * at, toMs: 10 * at + 10 },
        { bars: 2, firstMs: null },
      ),
    );
    await Promise.all(adds);
    expect(await one.of(...key)).toEqual([{ fromMs: 0, toMs: 200, bars: 40, firstMs: null }]);
  });
});

test("everything is forgotten at once where the bars are gone", async () => {
  await withFolder(async (folder) => {
    const files = new FetchedRangesFiles(folder);
    await files.add(...key, { fromMs: 0, toMs: 10 }, { bars: 1, firstMs: null });
    await files.forget(...key, { fromMs: -Infinity, toMs: Infinity });
    expect(await files.of(...key)).toEqual([]);
  });
});

test.each([
  ["cut short", (text: string) => text.slice(0, 40)],
  ["empty", () => ""],
  ["another number", (text: string) => text.replace("1000", "9000")],
  ["another shape", () => '{"format":1,"ranges":7}'],
])("a file that is %s is forgotten with a warning, and written anew", async (_, spoil) => {
  await withFolder(async (folder) => {
    const warnings: string[] = [];
    const files = new FetchedRangesFiles(folder, { onWarning: (warning) => warnings.push(warning) });
    await files.add(...key, { fromMs: 500, toMs: 1000 }, { bars: 1, firstMs: null });
    const path = await fileIn(folder);
    await writeFile(path, spoil(await readFile(path, "utf8")));
    expect(await files.of(...key)).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/damaged: what was fetched of BTCUSDT 1h from Binance/)]);
    await files.add(...key, { fromMs: 1, toMs: 2 }, { bars: 1, firstMs: null });
    expect(await new FetchedRangesFiles(folder).of(...key)).toEqual([
      { fromMs: 1, toMs: 2, bars: 1, firstMs: null },
    ]);
  });
});

test("a file of the first form, which did not count bars, is read", async () => {
  await withFolder(async (folder) => {
    const files = new FetchedRangesFiles(folder);
    await files.add(...key, { fromMs: 1, toMs: 2 }, { bars: 1, firstMs: null });
    const path = await fileIn(folder);
    const first = { source: key[0], symbol: key[1], timeframe: key[2], ranges: [[500, 1000]] };
    await writeFile(path, JSON.stringify({ format: 1, ...first, sha256: sha256(canonicalJson(first)) }));
    expect(await files.of(...key)).toEqual([{ fromMs: 500, toMs: 1000, bars: 0, firstMs: null }]);
  });
});

test("a file of a later Kiwi is neither read nor overwritten", async () => {
  await withFolder(async (folder) => {
    const files = new FetchedRangesFiles(folder);
    await files.add(...key, { fromMs: 500, toMs: 1000 }, { bars: 1, firstMs: null });
    const path = await fileIn(folder);
    await writeFile(path, '{"format":3,"segments":[]}');
    await expect(files.of(...key)).rejects.toMatchObject({ parts: { code: "STORE_NEWER" } });
    await expect(files.add(...key, { fromMs: 0, toMs: 1 }, { bars: 1, firstMs: null })).rejects.toMatchObject(
      {
        parts: { code: "STORE_NEWER" },
      },
    );
    expect(await readFile(path, "utf8")).toBe('{"format":3,"segments":[]}');
  });
});
