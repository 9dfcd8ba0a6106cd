import { decode, encode } from "@msgpack/msgpack";
import type { Clock } from "../../src/ports/clock.ts";
import { alpacaKey } from "./fake-alpaca.ts";
import { FakeHost, type FakeReply, type FakeRequest } from "./fake-host.ts";

/** An article as the news interface writes it, REST and stream alike. */
export type FakeArticle = {
  readonly id: number;
  readonly headline: string;
  readonly summary: string;
  readonly author: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly url: string | null;
  readonly symbols: readonly string[];
  readonly source: string;
};

export type FakeAlpacaNews = {
  readonly host: FakeHost;
  /** Every version ever published; history shows the newest of each article. */
  readonly articles: FakeArticle[];
  /** What was sent over the WebSocket, sign-ins included. */
  readonly received: Record<string, unknown>[];
  /** Sends frames as the venue does: an array, in MessagePack. */
  send(...frames: readonly Record<string, unknown>[]): void;
  /** Adds versions of articles and sends them to whoever is connected, in one message. */
  publish(...articles: readonly FakeArticle[]): void;
};

/** An article that was published at `createdMs` and perhaps revised. */
export function fakeArticle(
  id: number,
  createdMs: number,
  { updatedMs = createdMs, ...rest }: { updatedMs?: number } & Partial<FakeArticle> = {},
): FakeArticle {
  const text = (timeMs: number): string => new Date(timeMs).toISOString().replace(".000Z", "Z");
  return {
    id,
    headline: `headline ${id}`,
    summary: "",
    author: "A. Writer",
    created_at: text(createdMs),
    updated_at: text(updatedMs),
    url: `https://news.example/${id}`,
    symbols: ["AAPL"],
    source: "benzinga",
    ...rest,
  };
}

/** Alpaca's news, as its documents describe them. The sign-in is that of `startFakeAlpaca`. */
export async function startFakeAlpacaNews(clock: Clock): Promise<FakeAlpacaNews> {
  const host = await FakeHost.start(clock);
  const fake: FakeAlpacaNews = {
    host,
    articles: [],
    received: [],
    send(...frames) {
      for (const socket of host.sockets) socket.send(encode(frames));
    },
    publish(...articles) {
      fake.articles.push(...articles);
      fake.send(...articles.map((article) => ({ T: "n", content: "", ...article })));
    },
  };
  host.answer = (request) => answer(request, fake.articles, clock);
  host.socketHandler = {
    open(socket, path) {
      fake.received.push({ path });
      socket.send(encode([{ T: "success", msg: "connected" }]));
    },
    message(socket, data) {
      const asked = decode(data) as Record<string, unknown>;
      fake.received.push(asked);
      const reply = (frame: Record<string, unknown>): void => socket.send(encode([frame]));
      if (asked["action"] !== "auth") return reply({ T: "subscription", news: asked["news"] });
      const isKey = asked["key"] === alpacaKey.keyId && asked["secret"] === alpacaKey.secret;
      reply(isKey ? { T: "success", msg: "authenticated" } : { T: "error", code: 402, msg: "auth failed" });
    },
  };
  return fake;
}

function answer(
  { path, query, headers }: FakeRequest,
  articles: readonly FakeArticle[],
  clock: Clock,
): FakeReply {
  const isKey =
    headers["apca-api-key-id"] === alpacaKey.keyId && headers["apca-api-secret-key"] === alpacaKey.secret;
  if (!isKey) return { status: 401, body: { code: 40110000, message: "request is not authorized." } };
  if (path === "/v2/assets") return { body: assets(query.get("asset_class")) };
  if (path !== "/v1beta1/news") return { status: 404, body: { message: "endpoint not found." } };
  const symbols = (query.get("symbols") ?? "").split(",");
  const invalid = symbols.find((symbol) => !/^[A-Z.]+$/.test(symbol));
  if (invalid !== undefined) return { status: 400, body: { message: `invalid symbol: ${invalid}` } };
  return { body: page(symbols, query, articles, clock) };
}

/** A token names the update and the article that the next page begins after. */
function page(
  symbols: readonly string[],
  query: URLSearchParams,
  articles: readonly FakeArticle[],
  clock: Clock,
): unknown {
  const known = articles.filter((article) => updatedMs(article) <= clock.nowMs());
  const newest = new Map(known.map((article) => [article.id, article]));
  const [fromMs, toMs] = [Date.parse(query.get("start") ?? ""), Date.parse(query.get("end") ?? "")];
  const [afterMs = "-1", afterId = "-1"] = atob(query.get("page_token") ?? "")
    .split("|")
    .filter(Boolean);
  const found = [...newest.values()]
    .filter((article) => article.symbols.some((symbol) => symbols.includes(symbol)))
    .filter((article) => updatedMs(article) >= fromMs && updatedMs(article) <= toMs)
    .sort((a, b) => updatedMs(a) - updatedMs(b) || a.id - b.id)
    .filter(
      (article) =>
        updatedMs(article) > Number(afterMs) ||
        (updatedMs(article) === Number(afterMs) && article.id > Number(afterId)),
    );
  const limit = Number(query.get("limit") ?? 10);
  const last = found[limit - 1];
  return {
    news: found.slice(0, limit),
    next_page_token:
      found.length > limit && last !== undefined ? btoa(`${updatedMs(last)}|${last.id}`) : null,
  };
}

function updatedMs({ updated_at: text }: FakeArticle): number {
  return Date.parse(text);
}

function assets(assetClass: string | null): unknown[] {
  const common = { class: assetClass, tradable: true, status: "active" };
  if (assetClass === "crypto") return [{ ...common, symbol: "BTC/USD" }];
  return ["AAPL", "MSFT"].map((symbol) => ({ ...common, symbol }));
}
