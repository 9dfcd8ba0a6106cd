import { expect, test } from "vitest";
import { instrumentConfig, runConfigSchema } from "./run-config.ts";

test("a symbol's own settings stand over those of all symbols, and those over the defaults", () => {
  const config = runConfigSchema.parse({
    instruments: { "*": { lotSize: 1, calendar: "24/7" }, BTCUSDT: { tickSize: 0.1, calendar: "24/5" } },
  });
  expect(instrumentConfig(config, "BTCUSDT")).toMatchObject({
    lotSize: 1,
    tickSize: 0.1,
    calendar: "24/5",
    notionalMin: 0,
  });
  expect(instrumentConfig(config, "ETHUSDT")).toMatchObject({ lotSize: 1, tickSize: 0, calendar: "24/7" });
});
