import { expect, test } from "vitest";
import { mergeAfterAppend, mergeAll } from "./plan-merge.ts";
import type { BarFile } from "./series-manifest.ts";

const blockRows = 1_000;

function fileOf(fromMs: number, rows: number): BarFile {
  const toMs = fromMs + rows - 1;
  const zero = [0, 0] as const;
  return {
    name: `${fromMs}-${toMs}`,
    bytes: rows,
    crc32: 0,
    rows,
    closeTimeMs: [fromMs, toMs],
    receivedAtMs: zero,
    version: zero,
    quality: zero,
    sources: [],
  };
}

test("bars that arrive one by one stay in few files, and each is rewritten only a few times", () => {
  let files: BarFile[] = [];
  let rewritten = 0;
  let filesMost = 0;
  const bars = 20_000;
  for (let bar = 0; bar < bars; bar++) {
    files.push(fileOf(bar, 1));
    const old = mergeAfterAppend(files, blockRows);
    if (old.length > 0) {
      const rows = old.reduce((sum, file) => sum + file.rows, 0);
      rewritten += rows;
      const first = Math.min(...old.map((file) => file.closeTimeMs[0]));
      files = [...files.filter((file) => !old.includes(file)), fileOf(first, rows)];
    }
    filesMost = Math.max(filesMost, files.length);
  }
  expect(files.reduce((sum, { rows }) => sum + rows, 0)).toBe(bars);
  // 20 to 40 blocks of at least half a thousand rows and at most 17 small ones.
  expect(filesMost).toBeLessThan(60);
  expect(rewritten / bars).toBeLessThan(8);
});

test("full files apart from the others are never rewritten", () => {
  const blocks = [fileOf(0, 1_000), fileOf(1_000, 600), fileOf(5_000, 1_000)];
  expect(mergeAll(blocks, blockRows)).toEqual([]);
  const tail = [fileOf(6_000, 1), fileOf(6_001, 1)];
  expect(mergeAll([...blocks, ...tail], blockRows)).toEqual([tail]);
});

test("files that overlap are merged, whatever their size, but not across a full file between them", () => {
  const [one, over, block, late, later] = [
    fileOf(0, 1_000),
    fileOf(500, 10),
    fileOf(2_000, 900),
    fileOf(4_000, 5),
    fileOf(4_005, 5),
  ];
  expect(mergeAll([later, one, block, over, late], blockRows)).toEqual([
    [one, over],
    [late, later],
  ]);
});
