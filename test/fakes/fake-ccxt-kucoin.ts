import type { Clock } from "../../src/ports/clock.ts";
import { candlesBetween } from "./fake-candles.ts";
import { FakeHost, type FakeReply, type FakeRequest } from "./fake-host.ts";

const spansMs: Readonly<Record<string, number>> = {
  "1min": 60_000,
  "1hour": 3_600_000,
  "1day": 86_400_000,
  "1week": 604_800_000,
};
const rowsMax = 1_500;

const symbol = {
  symbol: "BTC-USDT",
  name: "BTC-USDT",
  baseCurrency: "BTC",
  quoteCurrency: "USDT",
  feeCurrency: "USDT",
  market: "USDS",
  baseMinSize: "0.00001",
  quoteMinSize: "0.1",
  baseMaxSize: "10000",
  quoteMaxSize: "99999999",
  baseIncrement: "0.00000001",
  quoteIncrement: "0.000001",
  priceIncrement: "0.1",
  minFunds: "0.1",
  enableTrading: true,
};

/** KuCoin's public interface, as far as ccxt asks for it: the bars between two times, newest first. */
export async function startFakeKucoin(clock: Clock, listedMs: number): Promise<FakeHost> {
  const host = await FakeHost.start(clock);
  host.answer = (request) => answer(request, clock, listedMs);
  return host;
}

function answer({ path, query }: FakeRequest, clock: Clock, listedMs: number): FakeReply {
  if (path.endsWith("/symbols")) return data([symbol]);
  if (path.endsWith("/allTickers")) return data({ time: clock.nowMs(), ticker: [] });
  // Lists of currencies and of futures: of no interest here.
  if (!path.endsWith("/market/candles")) return data([]);
  if (query.get("symbol") !== "BTC-USDT") {
    return { status: 400, body: { code: "400100", msg: "symbol not exists" } };
  }
  const spanMs = spansMs[query.get("type") ?? ""]!;
  const fromMs = Number(query.get("startAt")) * 1000;
  const toMs = Number(query.get("endAt")) * 1000;
  const rows = candlesBetween(listedMs, clock.nowMs(), spanMs, fromMs, toMs).toReversed().slice(0, rowsMax);
  return data(
    rows.map(({ openMs, open, close, high, low, volume }) => [
      String(openMs / 1000),
      open,
      close,
      high,
      low,
      volume,
      "1",
    ]),
  );
}

function data(value: unknown): FakeReply {
  return { body: { code: "200000", data: value } };
}
