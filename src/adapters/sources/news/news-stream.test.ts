import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import {
  fakeArticle,
  startFakeAlpacaNews,
  type FakeAlpacaNews,
} from "../../../../test/fakes/fake-alpaca-news.ts";
import { alpacaKey } from "../../../../test/fakes/fake-alpaca.ts";
import { ManualClock, settle, until } from "../../../../test/fakes/manual-clock.ts";
import { hasShared, sharedPath } from "../../../../test/shared.ts";
import { Prng } from "../../../base/prng.ts";
import { hourMs, minuteMs, secondMs } from "../../../base/time.ts";
import type { NewsItem, NewsState, NewsSubscription } from "../../../ports/news-source.ts";
import type { AlpacaNewsOptions } from "./alpaca-news-rest.ts";
import { alpacaNewsSource } from "./alpaca-news-source.ts";

const startMs = Date.parse("2024-03-05T15:00:00Z");

type StreamUnderTest = {
  readonly fake: FakeAlpacaNews;
  readonly clock: ManualClock;
  readonly items: NewsItem[];
  readonly states: NewsState[];
  readonly stream: NewsSubscription;
};

let running: StreamUnderTest | null = null;
afterEach(async () => {
  running?.stream.close();
  await running?.fake.host.close();
  running = null;
});

async function setUp(
  options: Partial<AlpacaNewsOptions> = {},
  { symbols = ["AAPL"], onItem = (_item: NewsItem): void | Promise<void> => {} } = {},
): Promise<StreamUnderTest> {
  const clock = new ManualClock(startMs);
  const fake = await startFakeAlpacaNews(clock);
  const { url: baseUrl, wsUrl } = fake.host;
  const source = await alpacaNewsSource({
    clock,
    prng: new Prng(1),
    baseUrl,
    wsUrl,
    tradingUrl: baseUrl,
    credentials: alpacaKey,
    ...options,
  });
  const items: NewsItem[] = [];
  const states: NewsState[] = [];
  const stream = source.subscribe({
    symbols,
    onItem(item) {
      items.push(item);
      return onItem(item);
    },
    onState: (state) => void states.push(state),
  });
  running = { fake, clock, items, states, stream };
  return running;
}

const statesOf = <Kind extends NewsState["kind"]>({ states }: StreamUnderTest, kind: Kind) =>
  states.filter((state): state is Extract<NewsState, { kind: Kind }> => state.kind === kind);

const happened = (test: StreamUnderTest, kind: NewsState["kind"], times = 1): Promise<void> =>
  until(() => statesOf(test, kind).length >= times, `${kind} ${times} times`);

const arrived = (test: StreamUnderTest, count: number): Promise<void> =>
  until(() => test.items.length >= count, `${count} items`);

/** Breaks the connection; the manual clock decides when it comes back. */
async function cut(test: StreamUnderTest): Promise<void> {
  const before = statesOf(test, "reconnecting").length;
  test.fake.host.cutSockets();
  await happened(test, "reconnecting", before + 1);
}

async function comeBack(test: StreamUnderTest): Promise<void> {
  const before = statesOf(test, "live").length;
  await test.clock.advance(statesOf(test, "reconnecting").at(-1)!.delayMs);
  await happened(test, "live", before + 1);
}

test("an article arrives once, with the time of its arrival, and a revision arrives as another version", async () => {
  const test = await setUp({}, { symbols: ["AAPL", "BTC/USD"] });
  await happened(test, "live");
  expect(test.fake.received).toEqual([
    { path: "/v1beta1/news" },
    { action: "auth", key: alpacaKey.keyId, secret: alpacaKey.secret },
    { action: "subscribe", news: ["AAPL", "BTCUSD"] },
  ]);
  await test.clock.advance(5 * secondMs);
  const first = fakeArticle(1, startMs + 3 * secondMs, { symbols: ["BTCUSD"] });
  test.fake.publish(first);
  test.fake.publish(first);
  test.fake.publish({ ...first, headline: "revised", updated_at: "2024-03-05T15:00:04Z" });
  await arrived(test, 2);
  await settle();
  expect(test.items).toMatchObject([
    {
      id: "alpaca:1",
      publishedAtMs: startMs + 3 * secondMs,
      receivedAtMs: startMs + 5 * secondMs,
      symbols: ["BTC/USD"],
      headline: "headline 1",
    },
    { id: "alpaca:1", updatedAtMs: startMs + 4 * secondMs, headline: "revised" },
  ]);
});

test("what was published and revised while the stream was away is fetched when it is back, and nothing twice", async () => {
  const test = await setUp();
  await happened(test, "live");
  expect(statesOf(test, "live")[0]!.backfill).toBeNull();
  await test.clock.advance(hourMs);
  test.fake.publish(fakeArticle(1, startMs + hourMs));
  await arrived(test, 1);
  await cut(test);
  await test.clock.advance(0);
  test.fake.articles.push(fakeArticle(2, startMs + hourMs));
  test.fake.articles.push(
    fakeArticle(1, startMs + hourMs, { updatedMs: startMs + hourMs, headline: "silently changed" }),
  );
  await comeBack(test);
  await happened(test, "backfilled");
  const [, { atMs, backfill }] = statesOf(test, "live") as [unknown, { atMs: number; backfill: unknown }];
  const range = { fromMs: startMs + hourMs - 15 * minuteMs, toMs: atMs + 1 };
  expect(backfill).toEqual(range);
  expect(statesOf(test, "backfilled")).toMatchObject([{ range, items: 2 }]);
  expect(test.items.map(({ id, headline }) => `${id} ${headline}`)).toEqual([
    "alpaca:1 headline 1",
    "alpaca:1 silently changed",
    "alpaca:2 headline 2",
  ]);
  // The stream goes on behind it.
  test.fake.publish(fakeArticle(2, startMs + hourMs));
  test.fake.publish(fakeArticle(3, startMs + hourMs));
  await arrived(test, 4);
  expect(test.items.at(-1)!.id).toBe("alpaca:3");
});

test("a backfill that fails is tried again every minute until it succeeds, also after another break", async () => {
  const test = await setUp({ retry: { attemptsMax: 1 } });
  await happened(test, "live");
  await cut(test);
  test.fake.articles.push(fakeArticle(1, startMs));
  test.fake.host.faults.push({ kind: "html", status: 502 }, { kind: "drop" });
  await comeBack(test);
  await happened(test, "backfillFailed");
  expect(String(statesOf(test, "backfillFailed")[0]!.error)).toMatch(/SOURCE_UNREACHABLE/);
  await test.clock.advance(minuteMs);
  await happened(test, "backfillFailed", 2);
  expect(test.items).toEqual([]);
  await test.clock.advance(minuteMs);
  await happened(test, "backfilled");
  expect(test.items.map(({ id }) => id)).toEqual(["alpaca:1"]);
});

test("the official client stops after ten failures; this goes on for ever", async () => {
  const test = await setUp();
  await happened(test, "live");
  test.fake.host.isRefusing = true;
  await cut(test);
  for (let failure = 1; failure <= 14; failure++) {
    await happened(test, "reconnecting", failure);
    if (failure === 14) test.fake.host.isRefusing = false;
    await test.clock.advance(statesOf(test, "reconnecting").at(-1)!.delayMs);
  }
  await happened(test, "live", 2);
  expect(test.fake.host.socketCount).toBe(15);
});

test("a week without news is nothing to remark", async () => {
  const test = await setUp();
  await happened(test, "live");
  await test.clock.advance(7 * 24 * hourMs);
  expect(test.states.map(({ kind }) => kind)).toEqual(["connecting", "live"]);
});

test("a receiver that is too slow loses nothing: what was dropped is fetched later", async () => {
  const releases: (() => void)[] = [];
  const test = await setUp(
    { bufferMax: 1 },
    { onItem: () => new Promise<void>((resolve) => releases.push(resolve)) },
  );
  await happened(test, "live");
  test.fake.publish(...[1, 2, 3, 4].map((id) => fakeArticle(id, startMs)));
  await happened(test, "overflow");
  const takeAll = async (count: number): Promise<void> => {
    for (let taken = 0; taken < count; taken++) {
      await until(() => releases.length > 0, "the receiver has something to do");
      releases.shift()!();
    }
    await settle();
  };
  // One is being read and one waits; the others were dropped.
  await takeAll(2);
  expect(test.items.map(({ id }) => id)).toEqual(["alpaca:1", "alpaca:2"]);
  expect(statesOf(test, "overflow").map(({ dropped }) => dropped)).toEqual([1, 1]);
  await test.clock.advance(minuteMs);
  await takeAll(2);
  await test.clock.advance(hourMs);
  expect(test.items.map(({ id }) => id)).toEqual(["alpaca:1", "alpaca:2", "alpaca:3", "alpaca:4"]);
});

test("a malformed article is told of and costs nothing else", async () => {
  const test = await setUp();
  await happened(test, "live");
  test.fake.send({ T: "n", ...fakeArticle(1, startMs), updated_at: undefined });
  test.fake.send({ T: "n", ...fakeArticle(2, startMs), headline: "" });
  test.fake.publish(fakeArticle(3, startMs));
  await arrived(test, 1);
  expect(test.items[0]!.id).toBe("alpaca:3");
  expect(statesOf(test, "quarantined").map(({ example }) => example)).toEqual([
    expect.stringContaining("article 1: updated_at"),
    expect.stringContaining("article 2: headline"),
  ]);
});

test("a wrong key ends the stream, and the key is nowhere in what it says", async () => {
  const test = await setUp({ credentials: { keyId: "PKWRONGKEY", secret: "wrong-secret-text" } });
  await happened(test, "refused");
  expect(String(statesOf(test, "refused")[0]!.error)).toMatch(/SOURCE_KEY_REFUSED.*auth failed/);
  expect(JSON.stringify(test.states)).not.toMatch(/PKWRONG|wrong-secret/);
  await test.clock.advance(hourMs);
  expect(test.fake.host.socketCount).toBe(1);
});

test("after close nothing is delivered, fetched or opened", async () => {
  const test = await setUp();
  await happened(test, "live");
  await cut(test);
  test.stream.close();
  test.stream.close();
  await test.clock.advance(hourMs);
  expect(test.states.map(({ kind }) => kind)).toEqual(["connecting", "live", "reconnecting", "closed"]);
  expect(test.fake.host.socketCount).toBe(1);
  expect(test.fake.host.requests).toHaveLength(0);
});

// Recorded: the frame in Alpaca's documents.
test.skipIf(!hasShared)("the frame of Alpaca's documents is read as it stands there", async () => {
  const name = "api-references__market-data-api__news-data__realtime.01.json";
  const { message } = JSON.parse(
    readFileSync(sharedPath("fixtures", "market", "alpaca-doc-examples", name), "utf8"),
  ) as { message: Record<string, unknown> };
  const test = await setUp({}, { symbols: ["CRSR"] });
  await happened(test, "live");
  test.fake.send(message);
  await arrived(test, 1);
  expect(test.items).toEqual([
    {
      id: "alpaca:24918784",
      publishedAtMs: Date.parse("2022-01-05T22:00:37Z"),
      updatedAtMs: Date.parse("2022-01-05T22:00:38Z"),
      receivedAtMs: startMs,
      symbols: ["CRSR"],
      headline: message["headline"],
      summary: message["summary"],
      author: "Benzinga Newsdesk",
      sourceName: "benzinga",
      url: message["url"],
    },
  ]);
});
