import { expect, test } from "vitest";
import type { VenueInstrument } from "../../ports/broker-connection.ts";
import { instrumentConfig, runConfigSchema } from "../config/run-config.ts";
import { withVenueRules } from "./venue-rules.ts";

const rule: VenueInstrument = {
  symbol: "BTCUSDT",
  tickSize: 0.1,
  lotSize: 0.001,
  quantityMin: 0.001,
  notionalMin: 5,
  contractMultiplier: 1,
  baseCurrency: "BTC",
  quoteCurrency: "USDT",
  isTradable: true,
  canShort: true,
};

test("who has not said in which steps to trade trades in those of the venue", () => {
  const { config, overruled } = withVenueRules(runConfigSchema.parse({}), [rule]);
  expect(instrumentConfig(config, "BTCUSDT")).toMatchObject({
    lotSize: 0.001,
    tickSize: 0.1,
    notionalMin: 5,
    contractMultiplier: 1,
  });
  expect(instrumentConfig(config, "ETHUSDT").lotSize).toBe(1e-8);
  expect(overruled).toEqual([]);
});

test("coarser steps of a configuration stay, and those that the venue would refuse are overruled and told", () => {
  const { config, overruled } = withVenueRules(
    runConfigSchema.parse({
      instruments: {
        "*": { lotSize: 0.01, notionalMin: 50, calendar: "24/7" },
        BTCUSDT: { tickSize: 0.25, contractMultiplier: 10 },
      },
    }),
    [rule],
  );
  expect(config.instruments["BTCUSDT"]).toEqual({
    lotSize: 0.01,
    tickSize: 0.1,
    notionalMin: 50,
    contractMultiplier: 1,
    calendar: "24/7",
  });
  expect(overruled).toEqual([
    { symbol: "BTCUSDT", what: "tickSize 0.25", why: "the venue's is 0.1" },
    { symbol: "BTCUSDT", what: "contractMultiplier 10", why: "the venue's is 1" },
  ]);
});
