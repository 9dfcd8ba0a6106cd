import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../src/adapters/system-clock.ts";
import { alpacaKey } from "./fakes/fake-alpaca.ts";
import { fakeArticle, startFakeAlpacaNews, type FakeAlpacaNews } from "./fakes/fake-alpaca-news.ts";
import { runKiwi, temporaryFolder, type Outcome } from "./run-kiwi.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const barCount = 20 * 24;

/** A folder with hourly bars of AAPL and a strategy on its news, and a venue that has those. */
export type NewsProject = {
  readonly folder: string;
  readonly venue: FakeAlpacaNews;
  /** First open and last close of the bars. */
  readonly startMs: number;
  readonly newestMs: number;
  /** A day from which news suffice for a series over all bars. */
  readonly newsFrom: string;
  readonly kiwi: (...args: readonly string[]) => Promise<Outcome>;
  readonly fetchNews: (...args: readonly string[]) => Promise<Outcome>;
  readonly backtest: (...args: readonly string[]) => Promise<Outcome>;
  readonly close: () => Promise<void>;
};

/** What the runs of the project are given. */
export const newsRunFlags: readonly string[] = [
  "--data",
  "AAPL-1h.csv",
  "--calendar",
  "24/7",
  "--report",
  "none",
  "--no-benchmark",
  "--json",
];

/** Makes the project: 120 articles, good and bad by turns and all good in the end, so that the best mood comes last. */
export async function startNewsProject(): Promise<NewsProject> {
  const { path: folder, remove } = temporaryFolder();
  const venue = await startFakeAlpacaNews(systemClock);
  const newestMs = Math.floor(Date.now() / dayMs) * dayMs - 2 * dayMs;
  const startMs = newestMs - barCount * hourMs;
  writeFileSync(join(folder, "AAPL-1h.csv"), newsBarsText(startMs));
  writeFileSync(join(folder, "mood.ts"), moodText());
  for (let k = 0; k < 120; k++) {
    const headline = k % 2 === 0 || k > 100 ? "Profit soars, record growth" : "Shares crash on fraud lawsuit";
    const publishedMs = startMs - 11 * dayMs + k * 6 * hourMs + 90_000;
    venue.articles.push(fakeArticle(k + 1, publishedMs, { headline, symbols: ["AAPL", "MSFT"] }));
  }
  const env = { APCA_API_KEY_ID: alpacaKey.keyId, APCA_API_SECRET_KEY: alpacaKey.secret };
  const places = ["baseUrl", "tradingUrl"].flatMap((name) => [
    "--set",
    `providers.alpaca.${name}=${venue.host.url}`,
  ]);
  const kiwi = (...args: readonly string[]) => runKiwi(folder, args, env);
  return {
    folder,
    venue,
    startMs,
    newestMs,
    newsFrom: dayOf(startMs - 12 * dayMs),
    kiwi,
    fetchNews: (...args) => kiwi("data", "news", ...args, ...places),
    backtest: (...args) => kiwi("backtest", "./mood.ts", ...newsRunFlags, ...args),
    async close() {
      await venue.host.close();
      remove();
    },
  };
}

/** The day of a time, as people type it. */
export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

/** A CSV file of hourly bars from `startMs` on. */
export function newsBarsText(startMs: number): string {
  const rows = Array.from({ length: barCount }, (_, k) => {
    const price = 100 + 5 * Math.sin(k / 7);
    const open = new Date(startMs + k * hourMs).toISOString();
    return [open, price, price + 1, price - 1, price + 0.5 * Math.cos(k), 1000].join();
  });
  return ["time,open,high,low,close,volume", ...rows].join("\n");
}

/** A strategy file that is long while the news are good; `before` is done first on every bar. */
export function moodText(before = ""): string {
  return `import { news, sma, strategy } from "kiwi";
export default strategy({
  name: "mood", summary: "Long while the news are good.", params: {},
  setup: () => ({ mood: news().sentiment, mean: sma(news().count, 3) }),
  onBar({ series, target }) {
    ${before}
    target(series.mood.now > 0 ? 1 : 0, \`mood \${series.mood.now} \${series.mean.now}\`);
  },
});`;
}
