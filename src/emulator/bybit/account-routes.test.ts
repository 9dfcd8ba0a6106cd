import { expect, test } from "vitest";
import { BarTable } from "../../domain/bar-table.ts";
import { accountOptions, venueOptions } from "../exchange/account-options.ts";
import { Exchange } from "../exchange/exchange.ts";
import { listingOf } from "../exchange/listings.ts";
import { walletJson } from "./account-routes.ts";

test.each([
  ["cash", 1_000],
  ["margin", 1_000],
] as const)("all the money of a new %s account is available", (kind, money) => {
  const bars = new BarTable("BTCUSDT", "1h");
  bars.append(3_600_000, 100, 101, 99, 100, 1);
  const listings = [listingOf("BTCUSDT", {})];
  const exchange = new Exchange({ listings, bars: [bars], hasHedgeMode: true, seed: 1 });
  const venue = { ...venueOptions(kind, { maker: 0, taker: 0 }), leverage: 2 };
  const account = exchange.openAccount(accountOptions({ venue, cash: money }));
  exchange.advance();
  const { totalAvailableBalance, totalInitialMargin } = walletJson(account, exchange);
  expect([Number(totalAvailableBalance), Number(totalInitialMargin)]).toEqual([money, 0]);
});
