import { expect, test } from "vitest";
import { instrumentConfig, maintenanceMarginOf, runConfigSchema } from "./run-config.ts";

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

test("a leverage that maintenance would call at once is refused, and by default maintenance leaves room", () => {
  const account = (settings: object) =>
    runConfigSchema.parse({ account: { kind: "margin", ...settings } }).account;
  expect(() => account({ leverage: 5, maintenanceMargin: 0.25 })).toThrow(/account.leverage to 4 or less/);
  expect(maintenanceMarginOf(account({ leverage: 4, maintenanceMargin: 0.25 }))).toBe(0.25);
  expect(maintenanceMarginOf(account({ leverage: 5 }))).toBe(0.1);
  expect(maintenanceMarginOf(account({ leverage: 1 }))).toBe(0.25);
  expect(() => runConfigSchema.parse({ account: { leverage: 5, maintenanceMargin: 0.25 } })).not.toThrow();
});
