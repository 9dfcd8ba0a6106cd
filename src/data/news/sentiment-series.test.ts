import * as fc from "fast-check";
import { expect, test } from "vitest";
import { newsItem } from "../../../test/news-items.ts";
import { dayMs, hourMs } from "../../base/time.ts";
import type { Bars } from "../../domain/bars.ts";
import type { NewsItem, SentimentScorer } from "../../ports/news-source.ts";
import { knownVersions } from "./known-versions.ts";
import { SentimentFold } from "./sentiment-fold.ts";
import { sentimentSeries, type SentimentOptions } from "./sentiment-series.ts";

/** Scores by headline: `"0.5 sure"` or `"-1 half"`. */
const scorer: SentimentScorer = {
  name: "test",
  version: "1",
  score({ headline }) {
    const [score, confidence] = headline.split(" ");
    return { score: Number(score), confidence: confidence === "half" ? 0.5 : 1 };
  },
};

const dayStartMs = Date.UTC(2024, 0, 1);
const at = (hours: number): number => dayStartMs + hours * hourMs;
/** A half-life of an hour: rows begin ten hours after the news. */
const shape: SentimentOptions = {
  symbol: "TEST",
  timeframe: "1h",
  fromMs: at(-10),
  toMs: at(6),
  halfLifeMs: hourMs,
};

const series = (items: readonly NewsItem[], more: Partial<SentimentOptions> = {}): Bars =>
  sentimentSeries(items, scorer, { ...shape, ...more });

const rowAt = (bars: Bars, timeMs: number) => {
  const row = bars.closeTimeMs.subarray(0, bars.length).indexOf(timeMs);
  return {
    mean: bars.close[row],
    count: bars.volume[row],
    first: bars.open[row],
    high: bars.high[row],
    low: bars.low[row],
  };
};

test("rows lie on a regular grid, begin when older news would be forgotten, and end with the range", () => {
  const { symbol, timeframe, length, closeTimeMs } = series([]);
  expect([symbol, timeframe, length]).toEqual(["news:TEST", "1h", 7]);
  expect([...closeTimeMs.subarray(0, length)]).toEqual([0, 1, 2, 3, 4, 5, 6].map(at));
  const daily = series([], { timeframe: "1d", fromMs: at(-30), toMs: at(50) });
  expect([...daily.closeTimeMs.subarray(0, daily.length)]).toEqual([at(0), at(24), at(48)]);
});

test("a row that was open when the news began is left out, however short the memory", () => {
  const bars = series([], { fromMs: at(0) + 1, halfLifeMs: 1 });
  expect(bars.closeTimeMs[0]).toBe(at(2));
});

test("the mean is that of the formula: weights halve with every half-life, a neutral article holds against them", () => {
  const bars = series([newsItem("a", at(1), "0.8 sure"), newsItem("b", at(2), "-0.4 half")]);
  expect(rowAt(bars, at(1)).mean).toBeCloseTo(0.8 / 2, 12);
  expect(rowAt(bars, at(2)).mean).toBeCloseTo((0.5 * 0.8 - 0.5 * 0.4) / (1 + 0.5 + 0.5), 12);
  expect(rowAt(bars, at(3)).mean).toBeCloseTo((0.25 * 0.8 - 0.25 * 0.4) / (1 + 0.25 + 0.25), 12);
  const held = series([newsItem("a", at(1), "0.8 sure")], { neutralWeight: 0 });
  expect(rowAt(held, at(0)).mean).toBeNaN();
  expect(rowAt(held, at(6)).mean).toBeCloseTo(0.8, 12);
});

test("first, highest and lowest are those of the row, its count too; without articles they are missing and 0", () => {
  const bars = series([
    newsItem("a", at(0) + 1, "0.1 sure"),
    newsItem("b", at(1) - 1, "-0.5 sure"),
    newsItem("c", at(1), "0.9 sure"),
  ]);
  expect(rowAt(bars, at(1))).toMatchObject({ count: 3, first: 0.1, high: 0.9, low: -0.5 });
  expect(rowAt(bars, at(2))).toMatchObject({
    count: 0,
    first: Number.NaN,
    high: Number.NaN,
    low: Number.NaN,
  });
});

test("an article published at the very close of a row is known at that close, one a millisecond later is not", () => {
  expect(rowAt(series([newsItem("a", at(2), "1 sure")]), at(2))).toMatchObject({ mean: 0.5, count: 1 });
  const late = series([newsItem("a", at(2) + 1, "1 sure")]);
  expect(rowAt(late, at(2))).toMatchObject({ mean: 0, count: 0 });
  expect(rowAt(late, at(3)).count).toBe(1);
  const delayed = series([newsItem("a", at(2), "1 sure")], { delayMs: 1 });
  expect(rowAt(delayed, at(2)).count).toBe(0);
});

test("a revision counts from its own time on, replaces the article and is not fresh news", () => {
  const first = newsItem("a", at(1), "0.8 sure");
  const revised = newsItem("a", at(1), "-0.8 sure", { updatedAtMs: at(3) });
  const both = series([first, revised]);
  const unrevised = series([first]);
  expect(rowAt(both, at(2))).toEqual(rowAt(unrevised, at(2)));
  expect(rowAt(both, at(3)).mean).toBeCloseTo(-rowAt(unrevised, at(3)).mean!, 12);
  expect([1, 2, 3].map((hours) => rowAt(both, at(hours)).count)).toEqual([1, 0, 0]);
  // History holds the revised text only: it must not be there before the revision.
  const history = series([revised]);
  expect([1, 2, 3].map((hours) => rowAt(history, at(hours)).count)).toEqual([0, 0, 1]);
});

test("an article that no longer names the symbol has nothing more to say, and others never had", () => {
  const named = newsItem("a", at(1), "1 sure");
  const bars = series([
    named,
    { ...named, symbols: ["OTHER"], updatedAtMs: at(3) },
    newsItem("b", at(2), "1 sure", { symbols: ["OTHER"] }),
  ]);
  expect([1, 2, 3].map((hours) => rowAt(bars, at(hours)).count)).toEqual([1, 0, 0]);
  expect(rowAt(bars, at(2)).mean).toBeGreaterThan(0.3);
  expect(rowAt(bars, at(3)).mean).toBeCloseTo(0, 12);
});

const article = fc
  .record({
    id: fc.nat(8),
    published: fc.integer({ min: -12, max: 12 }),
    revised: fc.option(fc.integer({ min: -3, max: 10 }), { nil: 0 }),
    minute: fc.constantFrom(0, 0, 1, 1800_000, 3599_999),
    delay: fc.constantFrom(0, 1, 7_200_000),
    score: fc.constantFrom("1 sure", "-1 sure", "0.3 half", "-0.7 half", "0 sure"),
    symbols: fc.constantFrom(["TEST"], ["TEST", "OTHER"], ["OTHER"]),
  })
  .map(({ id, published, revised, minute, delay, score, symbols }) => {
    const publishedAtMs = at(published) + minute;
    const updatedAtMs = publishedAtMs + revised * hourMs;
    return newsItem(`n${id}`, publishedAtMs, score, {
      updatedAtMs,
      receivedAtMs: updatedAtMs + delay,
      symbols,
    });
  });
const knowledge = fc.constantFrom("published" as const, "received" as const);

const columns = ["closeTimeMs", "open", "high", "low", "close", "volume"] as const;

/** Whether two series differ in a row that closes at `throughMs` or before. */
function differsThrough(one: Bars, other: Bars, throughMs: number): boolean {
  for (let row = 0; row < one.length && one.closeTimeMs[row]! <= throughMs; row++)
    if (columns.some((name) => !Object.is(one[name][row], other[name][row]))) return true;
  return false;
}

test("what is published, revised or received after T changes no value at T or before, to the last bit", () => {
  let changed = 0;
  let caught = 0;
  const property = fc.property(
    fc.array(article, { maxLength: 25 }),
    fc.array(article, { maxLength: 25 }),
    fc.integer({ min: 0, max: 6 }),
    knowledge,
    (items, noise, hours, knownBy) => {
      const cutMs = at(hours);
      const latest = ({ publishedAtMs, updatedAtMs, receivedAtMs }: NewsItem): number =>
        Math.max(publishedAtMs, updatedAtMs, knownBy === "received" ? receivedAtMs : -Infinity);
      const past = items.filter((item) => latest(item) <= cutMs);
      const mixed = [...noise.filter((item) => latest(item) > cutMs), ...past];
      const [one, other] = [series(past, { knownBy }), series(mixed, { knownBy })];
      expect(differsThrough(one, other, cutMs)).toBe(false);
      if (differsThrough(one, other, Infinity)) changed += 1;
      // A series that took a revised text for the first one would be caught by this test.
      const careless = (given: readonly NewsItem[]): Bars =>
        series(given.map((item) => ({ ...item, updatedAtMs: item.publishedAtMs })));
      if (differsThrough(careless(past), careless(mixed), cutMs)) caught += 1;
    },
  );
  fc.assert(property, { seed: 20240308, numRuns: 400 });
  expect(changed).toBeGreaterThan(100);
  expect(caught).toBeGreaterThan(100);
});

test("a series built as the news come in is the series built at once", () => {
  fc.assert(
    fc.property(fc.array(article, { maxLength: 25 }), knowledge, (items, knownBy) => {
      const fold = new SentimentFold(shape, scorer);
      for (const version of knownVersions(items, { knownBy })) {
        // Time passes between the articles too.
        fold.closeThrough(version.knownMs - 1);
        if (version.knownMs <= shape.toMs) fold.add(version);
      }
      fold.closeThrough(shape.toMs);
      const whole = series(items, { knownBy });
      const length = whole.length;
      for (const name of columns)
        expect([...fold.bars[name].subarray(0, length)]).toEqual([...whole[name].subarray(0, length)]);
    }),
    { seed: 20240309, numRuns: 100 },
  );
});

test("live, a version that comes after its row has closed is in the next one, and closed rows stay", () => {
  const fold = new SentimentFold(shape, scorer);
  fold.closeThrough(at(3));
  const before = [...fold.bars.close.subarray(0, fold.bars.length)];
  fold.add({ item: newsItem("a", at(2), "1 sure"), knownMs: at(2) });
  fold.closeThrough(at(4));
  expect([...fold.bars.close.subarray(0, before.length)]).toEqual(before);
  expect(rowAt(fold.bars, at(4))).toMatchObject({ count: 1, mean: 0.25 / 1.25 });
});

test("the mean of the sums is the mean by the formula, article by article", () => {
  fc.assert(
    fc.property(fc.array(article, { maxLength: 30 }), (items) => {
      const bars = series(items);
      for (let row = 0; row < bars.length; row++)
        expect(bars.close[row]).toBeCloseTo(meanAt(items, bars.closeTimeMs[row]!), 9);
    }),
    { seed: 20240310, numRuns: 150 },
  );
});

/** The documented formula, computed afresh from all articles known at a time. */
function meanAt(items: readonly NewsItem[], timeMs: number): number {
  const known = knownVersions(items).filter(({ knownMs }) => knownMs <= timeMs);
  let [weight, weighted] = [1, 0];
  for (const versions of Map.groupBy(known, ({ item }) => item.id).values()) {
    const firstAbout = versions.findIndex(({ item }) => item.symbols.includes("TEST"));
    if (firstAbout < 0) continue;
    const later = versions.slice(firstAbout);
    const newest = later.reduce((a, b) => (b.item.updatedAtMs >= a.item.updatedAtMs ? b : a));
    if (!newest.item.symbols.includes("TEST")) continue;
    const { score, confidence } = scorer.score(newest.item);
    const share = confidence * 0.5 ** ((timeMs - later[0]!.knownMs) / hourMs);
    weight += share;
    weighted += share * score;
  }
  return weighted / weight;
}

test("options that cannot be meant and scores beyond their range are refused", () => {
  for (const wrong of [
    { halfLifeMs: 0 },
    { halfLifeMs: Number.NaN },
    { delayMs: -1 },
    { neutralWeight: -1 },
    { toMs: shape.fromMs },
    { fromMs: -Infinity },
  ])
    expect(() => series([], wrong)).toThrow(/NEWS_OPTION_INVALID/);
  expect(() => series([newsItem("a", at(1), "2 sure")])).toThrow(/SCORE_INVALID.*"2 sure"/);
  expect(() => series([newsItem("a", at(1), "nonsense sure")])).toThrow(/SCORE_INVALID/);
});

test("a month on a minute grid has a row for every minute, with news or without", () => {
  const bars = series([newsItem("a", at(1), "1 sure")], {
    timeframe: "1m",
    fromMs: at(0),
    toMs: at(0) + 30 * dayMs,
  });
  expect(bars.length).toBe(30 * 1440 - 10 * 60 + 1);
  expect(bars.close[bars.length - 1]).toBeCloseTo(0, 12);
});
