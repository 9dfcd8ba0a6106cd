import { expect, test } from "vitest";
import { KiwiError } from "../../base/errors.ts";
import { defaultRegimes } from "./regime-path.ts";
import { syntheticMarket } from "./synthetic-market.ts";
import { resolveOptions, type SyntheticOptions } from "./synthetic-options.ts";

const base: SyntheticOptions = { seed: 1, symbols: 1, timeframe: "1h", bars: 10, startMs: 0 };

test("what is not given comes from the calendar", () => {
  expect(resolveOptions(base)).toMatchObject({
    calendarName: "24/7",
    volatilityPerYear: 0.6,
    startPrice: 100,
  });
  const forex = resolveOptions({ ...base, calendarName: "24/5", startPrice: 2 });
  expect(forex).toMatchObject({ volatilityPerYear: 0.08, startPrice: 2, tickSize: 0.00001 });
});

test("an impossible market is refused by the name of the option", () => {
  const [trend] = defaultRegimes;
  for (const [name, wrong] of [
    ["symbols", { symbols: 0 }],
    ["symbols", { symbols: ["A", "A"] }],
    ["symbols", { symbols: [] }],
    ["seed", { seed: 0.5 }],
    ["bars", { bars: 0 }],
    ["startMs", { startMs: Number.NaN }],
    ["regimes", { regimes: [] }],
    ["regimes", { regimes: [{ ...trend!, dwellBarsMin: 0 }] }],
    ["regimes", { regimes: [{ ...trend!, dwellBarsMean: 10 }] }],
    ["edge", { edge: 2 }],
    ["correlation", { correlation: -0.1 }],
    ["correlation", { correlation: 0.95 }],
    ["startPrice", { startPrice: 0 }],
    ["tickSize", { tickSize: 5 }],
    ["volatilityPerYear", { volatilityPerYear: Number.NaN }],
  ] as const) {
    let thrown: unknown;
    try {
      syntheticMarket({ ...base, ...wrong });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(KiwiError);
    const { code, message } = (thrown as KiwiError).parts;
    expect(`${code}: ${message}`).toBe(
      `SYNTHETIC_INVALID: a synthetic market cannot be made with this ${name}`,
    );
  }
});
