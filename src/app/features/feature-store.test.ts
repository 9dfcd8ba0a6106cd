import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { KiwiError } from "../../base/errors.ts";
import { canonicalJson, sha256 } from "../../base/hash.ts";
import { BarTable } from "../../domain/bar-table.ts";
import { sliceBars, type Bars } from "../../domain/bars.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { positive, featureSet, type FeatureSet } from "../../features/feature-set.ts";
import { mediumFeatures } from "../../features/medium.ts";
import { shortFeatures } from "../../features/short.ts";
import { rsi } from "../../indicators/rsi.ts";
import { sma } from "../../indicators/sma.ts";
import { calculateFeatures } from "./calculate-features.ts";
import { FeatureStore } from "./feature-store.ts";
import type { FeatureTable } from "./feature-table.ts";

const root = mkdtempSync(join(tmpdir(), "kiwi-features-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const calendar = calendarNamed("24/7");
const startMs = Date.UTC(2022, 0, 1);
const bars = syntheticMarket({ seed: 3, symbols: ["SYN"], timeframe: "1h", bars: 900, startMs }).bars[0]!;

function setOf(length: number, version = 1): FeatureSet {
  return featureSet({
    name: "tiny",
    version,
    summary: "Two features.",
    notes: {
      average: { meaning: "Mean close.", range: positive },
      dayStrength: { meaning: "RSI of closed days.", range: [0, 100] },
    },
    features: ({ bars: own, tf }) => ({
      average: sma(own.close, length),
      dayStrength: rsi(tf("1d").close, 2),
    }),
  });
}
const tiny = setOf(5);

function storeIn(name: string) {
  const warnings: string[] = [];
  const folder = join(root, name);
  const store = new FeatureStore({ folder, warn: (text) => void warnings.push(text) });
  return { store, warnings, folder: join(folder, "SYN", "1h", "tiny") };
}

function valueFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".f64"))
    .sort();
}

function expectSame(found: FeatureTable, set: FeatureSet, of: Bars): void {
  const { closeTimeMs: foundTimes, ...rest } = found;
  const { closeTimeMs, ...wanted } = calculateFeatures(set, of, calendar);
  expect(rest).toEqual(wanted);
  expect(foundTimes).toEqual(closeTimeMs);
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof KiwiError) return error.parts.code;
    throw error;
  }
  return "none";
}

test("features are computed once and are the same from the disk, for every process", async () => {
  const { store, folder } = storeIn("once");
  expect(await store.computeAndStore(tiny, bars, calendar)).toEqual({ kind: "computed", rowsWritten: 900 });
  const before = statSync(join(folder, "manifest.json")).mtimeMs;
  expect(await store.computeAndStore(tiny, bars, calendar)).toEqual({ kind: "kept", rowsWritten: 0 });
  const other = storeIn("once");
  expectSame(await other.store.getFeatures(tiny, bars, calendar), tiny, bars);
  expect(statSync(join(folder, "manifest.json")).mtimeMs).toBe(before);
  expect([...store.featureNames("short")]).toEqual(Object.keys(shortFeatures.notes));
});

test("the built-in sets come back from the disk as they were computed", async () => {
  const { store } = storeIn("built-in");
  for (const set of [shortFeatures, mediumFeatures])
    expectSame(await store.getFeatures(set, bars, calendar), set, bars);
});

test("appended bars add their rows to the same files, whenever they come", async () => {
  const { store, folder } = storeIn("append");
  await store.computeAndStore(tiny, sliceBars(bars, 0, 10), calendar);
  const files = valueFiles(folder);
  for (const rows of [11, 24, 500, 900]) {
    const grown = sliceBars(bars, 0, rows);
    const before = readFileSync(join(folder, files[0]!));
    expect((await store.computeAndStore(tiny, grown, calendar)).kind).toBe("extended");
    const after = readFileSync(join(folder, files[0]!));
    expect(after.length).toBe(8 * rows);
    expect(after.subarray(0, before.length).equals(before)).toBe(true);
    expectSame(await store.getFeatures(tiny, grown, calendar), tiny, grown);
  }
  expect(valueFiles(folder)).toEqual(files);
});

test("a reader whose bars end a little earlier does not make others compute anew", async () => {
  const { store } = storeIn("earlier");
  const earlier = sliceBars(bars, 0, 890);
  await store.computeAndStore(tiny, earlier, calendar);
  await store.computeAndStore(tiny, bars, calendar);
  expectSame(await store.getFeatures(tiny, earlier, calendar), tiny, earlier);
  expect((await store.computeAndStore(tiny, bars, calendar)).kind).toBe("kept");
});

test("one changed number anywhere in the history means computing anew", async () => {
  const { store, folder, warnings } = storeIn("changed");
  for (const name of ["high", "volume", "close"] as const) {
    await store.computeAndStore(tiny, bars, calendar);
    const files = valueFiles(folder);
    const changed = sliceBars(bars, 0, 900);
    changed[name][450]! *= 1.0000001;
    expect(await store.computeAndStore(tiny, changed, calendar)).toEqual({
      kind: "computed",
      rowsWritten: 900,
    });
    expectSame(await store.getFeatures(tiny, changed, calendar), tiny, changed);
    expect(valueFiles(folder)).not.toEqual(files);
    expect(valueFiles(folder)).toHaveLength(2);
  }
  expect(warnings).toEqual([]);
});

test("even bars that were changed in place are noticed", async () => {
  const { store } = storeIn("in-place");
  const own = sliceBars(bars, 0, 900);
  await store.computeAndStore(tiny, own, calendar);
  own.close[3]! += 1;
  expectSame(await store.getFeatures(tiny, own, calendar), tiny, own);
});

test("another definition, version or calendar under the same name is another thing", async () => {
  const { store } = storeIn("definition");
  await store.computeAndStore(tiny, bars, calendar);
  for (const [set, on] of [
    [setOf(6), calendar],
    [setOf(6, 2), calendar],
    [setOf(6, 2), calendarNamed("24/7@America/New_York")],
  ] as const) {
    expect((await store.computeAndStore(set, bars, on)).kind).toBe("computed");
    const found = await store.getFeatures(set, bars, on);
    expect(found.columns).toEqual(calculateFeatures(set, bars, on).columns);
  }
});

test("two timeframes and two symbols lie side by side", async () => {
  const { store } = storeIn("beside");
  const others = (["4h", "1m"] as const).flatMap(
    (timeframe) => syntheticMarket({ seed: 4, symbols: ["syn", "SYN"], timeframe, bars: 300, startMs }).bars,
  );
  for (const other of others) await store.computeAndStore(tiny, other, calendar);
  for (const other of others) {
    expect((await store.computeAndStore(tiny, other, calendar)).kind).toBe("kept");
    expectSame(await store.getFeatures(tiny, other, calendar), tiny, other);
  }
});

test("a damaged file is found when it is read, said once, and computed again", async () => {
  const damages: readonly ((path: string) => void)[] = [
    (path) => {
      const bytes = readFileSync(path);
      bytes[800 * 8 + 3]! ^= 4;
      writeFileSync(path, bytes);
    },
    (path) => truncateSync(path, 100),
    (path) => rmSync(path),
  ];
  for (const [index, damage] of damages.entries()) {
    const { store, folder, warnings } = storeIn(`damage-${index}`);
    await store.computeAndStore(tiny, bars, calendar);
    damage(join(folder, valueFiles(folder)[1]!));
    expectSame(await store.getFeatures(tiny, bars, calendar), tiny, bars);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("stored features tiny of SYN 1h");
    expectSame(await store.getFeatures(tiny, bars, calendar), tiny, bars);
    expect(warnings).toHaveLength(1);
  }
});

test("a damaged manifest, and files too short to be extended, mean computing anew", async () => {
  const { store, folder, warnings } = storeIn("manifest");
  const manifest = join(folder, "manifest.json");
  await store.computeAndStore(tiny, sliceBars(bars, 0, 800), calendar);
  writeFileSync(manifest, readFileSync(manifest, "utf8").replace(`"rows":800`, `"rows":801`));
  expectSame(await store.getFeatures(tiny, bars, calendar), tiny, bars);
  expect(warnings[0]).toContain("contradicts its own checksum");
  writeFileSync(manifest, "{");
  expectSame(await store.getFeatures(tiny, bars, calendar), tiny, bars);
  expect(warnings[1]).toContain("not what was written");
  await store.computeAndStore(tiny, sliceBars(bars, 0, 700), calendar);
  truncateSync(join(folder, valueFiles(folder)[0]!), 80);
  expectSame(await store.getFeatures(tiny, bars, calendar), tiny, bars);
  expect(warnings[2]).toContain("missing or cut off");
  expect(warnings).toHaveLength(3);
});

test("what a killed writer left behind changes nothing", async () => {
  const { store, folder, warnings } = storeIn("killed");
  const earlier = sliceBars(bars, 0, 600);
  await store.computeAndStore(tiny, earlier, calendar);
  for (const name of valueFiles(folder)) appendFileSync(join(folder, name), new Uint8Array(8 * 400).fill(7));
  writeFileSync(join(folder, "9-000.f64"), "half a new generation");
  expectSame(await store.getFeatures(tiny, earlier, calendar), tiny, earlier);
  expect((await store.computeAndStore(tiny, bars, calendar)).kind).toBe("extended");
  expectSame(await store.getFeatures(tiny, bars, calendar), tiny, bars);
  expect(valueFiles(folder)).toHaveLength(2);
  expect(warnings).toEqual([]);
});

test("a store of a newer Kiwi is refused and left as it is", async () => {
  const { store, folder } = storeIn("newer");
  await store.computeAndStore(tiny, bars, calendar);
  const path = join(folder, "manifest.json");
  const { sha256: _sum, ...manifest } = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  const later = { ...manifest, format: 2 };
  const text = JSON.stringify({ ...later, sha256: sha256(canonicalJson(later)) });
  writeFileSync(path, text);
  expect(await refusal(store.getFeatures(tiny, bars, calendar))).toBe("STORE_NEWER");
  expect(await refusal(store.computeAndStore(setOf(9), bars, calendar))).toBe("STORE_NEWER");
  expect(readFileSync(path, "utf8")).toBe(text);
});

test("only the wanted columns and rows are read, into shared memory where that is wanted", async () => {
  const { store, folder } = storeIn("part");
  await store.computeAndStore(tiny, bars, calendar);
  rmSync(join(folder, valueFiles(folder)[1]!));
  const part = await store.getFeatures(tiny, bars, calendar, {
    names: ["average"],
    fromMs: bars.closeTimeMs[100],
    toMs: bars.closeTimeMs[110],
    isShared: true,
  });
  expect(part.length).toBe(10);
  expect(part.columns[0]!.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(part.closeTimeMs.buffer).toBeInstanceOf(SharedArrayBuffer);
  const whole = calculateFeatures(tiny, bars, calendar);
  expect([...part.columns[0]!]).toEqual([...whole.columns[0]!.subarray(100, 110)]);
  expect([...part.closeTimeMs]).toEqual([...bars.closeTimeMs.subarray(100, 110)]);
  expect(await refusal(store.getFeatures(tiny, bars, calendar, { names: ["averag"] }))).toBe(
    "FEATURE_UNKNOWN",
  );
});

test("followed bars are folded once: a live session adds a row at a time, in memory and on the disk", async () => {
  const { store, folder } = storeIn("live");
  const live = new BarTable("SYN", "1h");
  const append = (row: number): void => {
    const { closeTimeMs, open, high, low, close, volume } = bars;
    live.append(closeTimeMs[row]!, open[row]!, high[row]!, low[row]!, close[row]!, volume[row]!);
  };
  for (let row = 0; row < 300; row++) append(row);
  const columns = store.follow(tiny, live, calendar);
  expect(store.follow(tiny, live, calendar)).toBe(columns);
  expect((await store.computeAndStore(tiny, live, calendar)).rowsWritten).toBe(300);
  const history = calculateFeatures(tiny, bars, calendar);
  const out = new Float64Array(2);
  for (let row = 300; row < 320; row++) {
    append(row);
    columns.extend();
    columns.row(row, out);
    expect([...out]).toEqual(history.columns.map((column) => column[row]));
    expect(await store.computeAndStore(tiny, live, calendar)).toEqual({ kind: "extended", rowsWritten: 1 });
  }
  expect(valueFiles(folder)).toEqual(["1-000.f64", "1-001.f64"]);
  expectSame(await store.getFeatures(tiny, live, calendar), tiny, sliceBars(bars, 0, 320));
});

test("many who ask at once get the same right numbers", async () => {
  const { store, warnings } = storeIn("together");
  const other = storeIn("together");
  const asked = [900, 500, 900, 700, 900].map((rows, k) => {
    const of = sliceBars(bars, 0, rows);
    const from = k % 2 === 0 ? store : other.store;
    return from.getFeatures(tiny, of, calendar).then((table) => expectSame(table, tiny, of));
  });
  await Promise.all(asked);
  expect([...warnings, ...other.warnings]).toEqual([]);
});

test("without any bars there is an empty table, and bars may follow", async () => {
  const { store } = storeIn("empty");
  const table = await store.getFeatures(tiny, sliceBars(bars, 0, 0), calendar);
  expect([table.length, table.firstCompleteRow, table.columns.length]).toEqual([0, 0, 2]);
  expect((await store.computeAndStore(tiny, bars, calendar)).kind).toBe("extended");
  expectSame(await store.getFeatures(tiny, bars, calendar), tiny, bars);
});
