import { expect, test } from "vitest";
import { hourlyBars } from "../../../test/bar-store-model.ts";
import { liveBars } from "../live/live-bars.ts";
import type { BarSource, SymbolInfo } from "../../ports/bar-source.ts";
import { houseBar, houseBars, houseSymbol, venueSymbol, type ProviderPart } from "./provider-part.ts";

const source = { name: "Cents" } as unknown as BarSource;
/** Sends cents and lots of a hundred, and writes our BTC as XBT. */
const part: ProviderPart = {
  source,
  symbolOf: (symbol) => symbol.replace("BTC", "XBT"),
  symbolFrom: (symbol) => symbol.replace("XBT", "BTC"),
  priceScale: 0.01,
  volumeScale: 100,
};
const sent = { ...hourlyBars([1, 2]), symbol: "XBT" };
const asked = { symbol: "BTC", timeframe: "1h" as const };

test("bars of a provider come in our units, under our symbol", () => {
  const bars = houseBars(part, asked, sent);
  expect([bars.symbol, venueSymbol(part, "BTC"), venueSymbol({ source }, "BTC")]).toEqual([
    "BTC",
    "XBT",
    "BTC",
  ]);
  expect(bars.close).toEqual(sent.close.map((price) => price * 0.01));
  expect(bars.volume).toEqual(sent.volume.map((volume) => volume * 100));
  const [first] = liveBars(sent);
  expect(houseBar(part, "BTC", first!)).toMatchObject({
    symbol: "BTC",
    high: first!.high * 0.01,
    volume: first!.volume * 100,
    provider: "Cents",
  });
});

test("a provider that writes as we do is left as it is", () => {
  expect(houseBars({ source }, { ...asked, symbol: "XBT" }, sent)).toMatchObject({ close: sent.close });
  const [first] = liveBars(sent);
  expect(houseBar({ source }, "XBT", first!)).toMatchObject({ close: first!.close, volume: first!.volume });
});

test.each([
  [{ ...sent, symbol: "ETH" }, asked],
  [sent, { ...asked, timeframe: "4h" as const }],
])("bars of another question are refused and not mixed in (%#)", (bars, question) => {
  expect(() => houseBars(part, question, bars)).toThrow(/PROVIDER_MIXED_UP Cents was asked for XBT/);
});

test("what a provider says about a symbol is said in our writing and units", () => {
  const info: SymbolInfo = {
    symbol: "XBT",
    assetClass: "crypto",
    baseCurrency: "BTC",
    quoteCurrency: "USD",
    tickSize: 50,
    lotSize: 2,
    notionalMin: null,
    isTrading: true,
    calendarName: "24/7",
  };
  expect(houseSymbol(part, info)).toMatchObject({
    symbol: "BTC",
    tickSize: 0.5,
    lotSize: 200,
    notionalMin: null,
  });
  expect(houseSymbol(part, { ...info, notionalMin: 3 }).notionalMin).toBe(3);
  expect(houseSymbol({ source }, info)).toEqual(info);
});
