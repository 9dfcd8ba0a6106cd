import type { NewsItem } from "../src/ports/news-source.ts";

/** For tests: an article about TEST that came out at `publishedAtMs`, was not revised, and arrived at once. */
export function newsItem(
  id: string,
  publishedAtMs: number,
  headline: string,
  more: Partial<NewsItem> = {},
): NewsItem {
  const updatedAtMs = more.updatedAtMs ?? publishedAtMs;
  return {
    id,
    publishedAtMs,
    updatedAtMs,
    receivedAtMs: updatedAtMs,
    symbols: ["TEST"],
    headline,
    summary: "",
    author: null,
    sourceName: "test",
    url: null,
    ...more,
  };
}
