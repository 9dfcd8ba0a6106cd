import { expect, test } from "vitest";
import { newsItem } from "../../../test/news-items.ts";
import { hourMs, minuteMs } from "../../base/time.ts";
import type { TimeRange } from "../../ports/fetched-ranges.ts";
import type { NewsItem, NewsRequest, NewsSource, NewsStore } from "../../ports/news-source.ts";
import { updateNews } from "./update-news.ts";

const at = (hours: number): number => Date.UTC(2024, 0, 1) + hours * hourMs;

/** A source and a store that remember what they were asked; `failsAfter` breaks a fetch off behind that many pages. */
function setUp(failsAfter = Infinity) {
  const asked: NewsRequest[] = [];
  const stored: NewsItem[] = [];
  const covered: TimeRange[] = [];
  const fake = { failsAfter };
  const source: NewsSource = {
    name: "fake",
    async *fetchNews(request) {
      asked.push(request);
      for (let page = 0; page < 2; page++) {
        if (page >= fake.failsAfter) throw new Error("broken off");
        yield [newsItem(`${request.fromMs} ${page}`, request.fromMs + page, "text")];
      }
    },
    subscribe: () => ({ close() {} }),
    close: async () => {},
  };
  const store: NewsStore = {
    async append(items) {
      stored.push(...items);
      return { added: items.length, revised: 0, unchanged: 0 };
    },
    read: async () => stored,
    covered: async () => covered,
    async cover(_source, _symbol, range) {
      covered.push(range);
    },
    close: async () => {},
  };
  const update = (fromMs: number, toMs: number, nowMs: number) =>
    updateNews(source, store, { symbol: "TEST", fromMs, toMs, nowMs });
  return { source, store, asked, stored, covered, update, fake };
}

const rangesOf = (asked: readonly NewsRequest[]) => asked.map(({ fromMs, toMs }) => [fromMs, toMs]);

test("a range is fetched once; the next update asks only for what is missing", async () => {
  const { asked, stored, update } = setUp();
  expect(await update(at(2), at(4), at(9))).toMatchObject({ added: 2, revised: 0, unchanged: 0 });
  expect(stored).toHaveLength(2);
  await update(at(2), at(4), at(9));
  await update(at(1), at(6), at(9));
  expect(rangesOf(asked)).toEqual([
    [at(2), at(4)],
    [at(1), at(2)],
    [at(4), at(6)],
  ]);
});

test("the last five minutes are left for the next time", async () => {
  const { asked, covered, update } = setUp();
  await update(at(1), at(9), at(2));
  expect(rangesOf(asked)).toEqual([[at(1), at(2) - 5 * minuteMs]]);
  expect(covered).toEqual([{ fromMs: at(1), toMs: at(2) - 5 * minuteMs }]);
});

test("a fetch that breaks off keeps what came and is done again", async () => {
  const { asked, stored, covered, update, fake } = setUp(1);
  await expect(update(at(1), at(2), at(9))).rejects.toThrow("broken off");
  expect([stored.length, covered]).toEqual([1, []]);
  fake.failsAfter = Infinity;
  await update(at(1), at(2), at(9));
  expect(rangesOf(asked)).toEqual([
    [at(1), at(2)],
    [at(1), at(2)],
  ]);
});

test("the signal reaches the source", async () => {
  const { source, store, asked } = setUp();
  const { signal } = new AbortController();
  await updateNews(source, store, { symbol: "BTC", fromMs: at(0), toMs: at(1), nowMs: at(5), signal });
  expect(asked[0]!.signal).toBe(signal);
});
