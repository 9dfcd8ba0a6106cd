import { expect, test } from "vitest";
import { handBars } from "../../../test/strategy-harness.ts";
import { runConfigSchema, type RunConfigInput } from "../config/run-config.ts";
import { adviceOn, refuseShareOfNothing } from "./advice.ts";

function advice(config: RunConfigInput, symbols = 1): string {
  return adviceOn(runConfigSchema.parse(config), symbols).join("\n");
}

test("usual settings need no advice", () => {
  expect(advice({})).toBe("");
  expect(advice({ costs: { commission: { use: "rate", rate: 0.05 } } })).toBe("");
});

test("a rate that was meant in per cent is questioned, whatever the cost", () => {
  expect(advice({ costs: { commission: { use: "rate", rate: 10 } } })).toMatch(
    /commission is 1,000 % of every order.*0\.001 means 0\.1 %/,
  );
  expect(advice({ costs: { commission: { use: "rate", rate: 0.001, makerRate: 0.1 } } })).toMatch(/10\.00 %/);
  expect(advice({ costs: { slippage: { use: "fixed", rate: 0.5 } } })).toMatch(/slippage is 50\.00 %/);
  expect(advice({ costs: { borrowRate: 3 } })).toMatch(/borrow fee is 300\.0 % a year/);
  expect(advice({ costs: { fundingRate: 0.1 } })).toMatch(/funding is 10\.00 % every eight hours/);
});

test("money that cannot work is told before the run", () => {
  expect(advice({ sizing: { use: "fixed-fraction", fraction: 0.01 } })).toMatch(
    /at most 1\.00 % of the money/,
  );
  expect(advice({ risk: { profile: "conservative" } }, 1)).toBe("");
  expect(advice({ risk: { profile: "moderate" } }, 493)).toBe("");
});

test("a share of no volume is refused, and only that", () => {
  const quotes = handBars([1, 1], "QUOTES");
  const traded = handBars([1, 1]);
  quotes.volume.fill(0);
  traded.volume.set([0, 5]);
  const limited = runConfigSchema.parse({ costs: { volumeShareMax: 0.1 } });
  expect(() => refuseShareOfNothing(limited, [traded, quotes])).toThrow(
    /^VOLUME_NONE .* 10\.00 % .* QUOTES /,
  );
  expect(() => refuseShareOfNothing(limited, [traded])).not.toThrow();
  expect(() => refuseShareOfNothing(runConfigSchema.parse({}), [quotes])).not.toThrow();
});
