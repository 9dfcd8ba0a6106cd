import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { alpacaKey } from "../../test/fakes/fake-alpaca.ts";
import { dayOf, moodText, newsBarsText, newsRunFlags, startNewsProject } from "../../test/news-project.ts";
import { runKiwi, temporaryFolder } from "../../test/run-kiwi.ts";

// Runs, checks and explanations of a strategy on news, as a person starts them.
const project = await startNewsProject();
const { folder, startMs, newestMs, newsFrom, kiwi, fetchNews, backtest } = project;
afterAll(project.close);

const dayMs = 86_400_000;
const checkFlags = ["--data", "AAPL-1h.csv", "--calendar", "24/7", "--json"];

type Document = {
  readonly runId: string;
  readonly hash: { readonly data: string; readonly decisions: string };
  readonly metrics: { readonly trialCount: number };
  readonly warnings: readonly string[];
  readonly artifacts: { readonly manifest: string };
  readonly error: { readonly code: string; readonly message: string; readonly fix: string };
};
const documentIn = ({ out }: { readonly out: string }): Document => JSON.parse(out) as Document;
/** The run of the project as it is, once there are news for it: made once, for whoever holds another against it. */
let made: Promise<Document> | null = null;
const plainRun = (): Promise<Document> => (made ??= backtest().then(documentIn));
/** What a repetition says when it is none. Whether Kiwi's own code is the same is left out. */
const otherwise = /data have changed|decides otherwise/;

test("a run without news says which command fetches them, from a day that suffices, and makes no store", async () => {
  const { code, out } = await backtest();
  expect([code, documentIn({ out }).error]).toMatchObject([
    4,
    {
      code: "NEWS_MISSING",
      message: "the strategy reads news of AAPL, and the run has no news of it",
      fix: expect.stringContaining(`kiwi data news AAPL --from ${dayOf(startMs - 11 * dayMs)}`),
    },
  ]);
  expect(existsSync(join(folder, ".kiwi", "data"))).toBe(false);
  // That command, as it was given, is enough.
  await fetchNews("AAPL", "--from", dayOf(startMs - 11 * dayMs), "--data-folder", "named");
  const run = await backtest("--data-folder", "named");
  expect([run.code, documentIn(run).warnings]).toEqual([0, []]);
});

test("a run reads its news by itself, twice the same, and keeps where they came from", async () => {
  await fetchNews("AAPL", "--from", newsFrom);
  const [first, second] = [await plainRun(), documentIn(await backtest())];
  expect(second.hash).toEqual(first.hash);
  const manifest = JSON.parse(readFileSync(join(folder, first.artifacts.manifest), "utf8")) as object;
  expect(manifest).toMatchObject({
    news: [
      {
        symbol: "AAPL",
        path: join(".kiwi", "data", "news.sqlite"),
        sources: ["Alpaca news"],
        scorer: "lexicon 1",
        timeframe: "1h",
      },
    ],
  });
  const explained = await kiwi("explain", first.runId, "--at", `${dayOf(newestMs - dayMs)}T12:00`, "--json");
  expect([explained.code, explained.out]).toEqual([0, expect.stringContaining('"name":"mood"')]);
  expect((await kiwi("runs", "diff", first.runId, second.runId)).code).toBe(0);
});

test("other news settings are other data and another trial on the same bars", async () => {
  const one = await plainRun();
  const other = documentIn(await backtest("--set", "news.halfLifeHours=6"));
  expect(other.hash.data).not.toBe(one.hash.data);
  expect(other.metrics.trialCount).toBe(one.metrics.trialCount + 1);
  const inBars = documentIn(await backtest("--set", "news.halfLifeBars=6"));
  expect([inBars.hash.data, inBars.metrics.trialCount]).toEqual([other.hash.data, other.metrics.trialCount]);
  const finer = documentIn(await backtest("--set", "news.timeframe=15m"));
  const manifest = readFileSync(join(folder, finer.artifacts.manifest), "utf8");
  expect(JSON.parse(manifest)).toMatchObject({ news: [{ timeframe: "15m" }] });
  const both = await backtest("--set", "news.halfLifeBars=6", "--set", "news.halfLifeHours=6");
  expect([both.code, documentIn(both).error.message]).toEqual([2, expect.stringContaining("halfLife")]);
});

test("bars that write a symbol otherwise have the same news", async () => {
  const { code, out } = await backtest("--symbol", "AA/PL");
  expect([code, documentIn({ out }).warnings]).toEqual([0, []]);
});

test("a strategy that reads no news opens no store, and its data hash is that of its bars", async () => {
  const { path, remove } = temporaryFolder();
  writeFileSync(join(path, "AAPL-1h.csv"), newsBarsText(startMs));
  const alone = documentIn(await runKiwi(path, ["backtest", "sma-cross", ...newsRunFlags]));
  expect(existsSync(join(path, ".kiwi", "data"))).toBe(false);
  remove();
  expect(documentIn(await kiwi("backtest", "sma-cross", ...newsRunFlags)).hash.data).toBe(alone.hash.data);
});

test("a run that is repeated reads the news that it read, and not what arrived since", async () => {
  const before = await plainRun();
  const publishedAt = new Date(startMs + 5 * dayMs).toISOString();
  const headline = "Bankruptcy, fraud, shares crash";
  writeFileSync(
    join(folder, "late.jsonl"),
    JSON.stringify({ id: 1, publishedAt, headline, symbols: ["AAPL"] }),
  );
  await kiwi("data", "news", "AAPL", "--file", "late.jsonl");
  const repeated = await kiwi("report", before.runId, "--format", "json", "--out", "repeated");
  expect([repeated.code, otherwise.test(repeated.err)]).toEqual([0, false]);
  const after = documentIn(await backtest());
  expect(after.hash.data).not.toBe(before.hash.data);
  const received = documentIn(await backtest("--set", "news.knownBy=received"));
  expect(received.warnings.join()).toMatch(/texts on AAPL arrived here over a day after they came out/);
});

test("news that end before the bars, or are too short, are refused with the command that fetches more", async () => {
  const range = ["--from", newsFrom, "--to", dayOf(newestMs - 3 * dayMs)];
  await fetchNews("AAPL", ...range, "--data-folder", "early");
  expect(documentIn(await backtest("--data-folder", "early")).error).toMatchObject({
    code: "NEWS_ENDS_EARLY",
    fix: expect.stringContaining("kiwi data news AAPL"),
  });
  await fetchNews("AAPL", "--from", dayOf(newestMs - dayMs), "--data-folder", "short");
  expect(documentIn(await backtest("--data-folder", "short")).error).toMatchObject({
    code: "NEWS_TOO_SHORT",
    fix: expect.stringContaining(`kiwi data news AAPL --from ${dayOf(startMs - 11 * dayMs)}`),
  });
  await fetchNews("AAPL", "--from", dayOf(startMs), "--data-folder", "late");
  expect(documentIn(await backtest("--data-folder", "late")).warnings.join()).toMatch(
    /the news of AAPL begin .* nothing is decided before: kiwi data news AAPL --from/,
  );
});

test("the checks pass an honest strategy on news", async () => {
  const { code, out } = await kiwi("check", "all", "./mood.ts", ...checkFlags);
  expect([code, JSON.parse(out)]).toMatchObject([
    0,
    { ok: true, checks: [{ id: "lookahead" }, { id: "warmup" }, { id: "repro" }] },
  ]);
});

test("the checks look at the range of the run: what the run does before --from, they do not judge", async () => {
  // Before this day it looks into the future; the run only warms up there.
  const fromMs = startMs + 10 * dayMs;
  const peek = `if (timeMs < ${fromMs}) return void target((globalThis.seen = Math.max(globalThis.seen ?? 0, timeMs)) > timeMs ? 0 : 1, "early");`;
  writeFileSync(join(folder, "early.ts"), moodText(peek).replace("onBar({", "onBar({ timeMs,"));
  const ranged = await kiwi("check", "lookahead", "./early.ts", ...checkFlags, "--from", dayOf(fromMs));
  expect([ranged.code, JSON.parse(ranged.out)]).toMatchObject([0, { ok: true }]);
  const whole = await kiwi("check", "lookahead", "./early.ts", ...checkFlags);
  expect(whole.code).toBe(5);
});

test("the check for look-ahead catches an indicator that remembers news which are still to come", async () => {
  const peeking = `import { apply, indicator, news, strategy } from "kiwi";
let best = -Infinity;
const watched = indicator({
  name: "watched", summary: "", inputs: ["value"], params: {}, outputs: ["value"],
  formula: "", range: "", source: "", warmup: () => 0,
  create: () => {
    best = -Infinity;
    return (value) => { best = Math.max(best, value); return value; };
  },
});
export default strategy({
  name: "peeking", summary: "Knows the best mood of all.", params: {},
  setup: () => ({ mood: apply(watched, [news().sentiment], {}) }),
  onBar({ series, target }) { target(series.mood.now >= best ? 1 : 0, \`best \${best}\`); },
});`;
  writeFileSync(join(folder, "peeking.ts"), peeking);
  const { code, out } = await kiwi("check", "lookahead", "./peeking.ts", ...checkFlags);
  expect([code, JSON.parse(out)]).toMatchObject([5, { ok: false, checks: [{ pass: false }] }]);
});

test("a strategy cannot read a key out of the environment, neither in a run nor in a check", async () => {
  const look = `const { APCA_API_SECRET_KEY, MY_PLACE, PATH } = process.env;
    if (APCA_API_SECRET_KEY !== undefined || MY_PLACE !== undefined || PATH === undefined)
      throw new Error("it has the key");`;
  writeFileSync(join(folder, "curious.ts"), moodText(look));
  const kept = { APCA_API_SECRET_KEY: alpacaKey.secret, MY_PLACE: "innocent" };
  // The second looks like no secret: it is one because the configuration says so.
  const named = ["--set", "providers.alpaca.secret.env=MY_PLACE"];
  Object.assign(process.env, kept);
  try {
    const run = await kiwi("backtest", "./curious.ts", ...newsRunFlags, ...named);
    expect([run.code, run.out]).toEqual([0, expect.not.stringContaining("it has the key")]);
    const open = await kiwi("backtest", "./curious.ts", ...newsRunFlags);
    expect(open.out).toContain("it has the key");
    const check = await kiwi("check", "repro", "./curious.ts", ...checkFlags, ...named);
    expect([check.code, check.out]).toEqual([0, expect.not.stringContaining("it has the key")]);
  } finally {
    for (const name of Object.keys(kept)) delete process.env[name];
  }
});
