import { expect, test } from "vitest";
import { testTools } from "../../../test/plugin-tools.ts";
import { ask } from "../../../test/risk-harness.ts";
import { riskProfiles } from "../../risk/profiles.ts";
import { riskRules, sizingOf, workingShare } from "./risk-rules.ts";
import { runConfigSchema, type RunConfigInput } from "../config/run-config.ts";

const profileNames = ["conservative", "moderate", "aggressive"] as const;

function namesOf(config: RunConfigInput): readonly string[] {
  return riskRules(runConfigSchema.parse(config), testTools()).map(({ name }) => name);
}

/** Whether an order that makes the only position this share of equity passes every rule of that name. */
function passes(config: RunConfigInput, name: string, share: number): boolean {
  const rules = riskRules(runConfigSchema.parse(config), testTools()).filter((rule) => rule.name === name);
  expect(rules).not.toEqual([]);
  return rules.every(({ rule }) => ask(rule, { quantity: share * 100, price: 100 }).kind === "approve");
}

test("without a profile there is what the account can carry, and the rules of the config", () => {
  expect(namesOf({})).toEqual(["gross-exposure"]);
  expect(namesOf({ risk: { rules: [{ use: "open-positions", limit: 3 }] } })).toEqual([
    "gross-exposure",
    "open-positions",
  ]);
});

test("a cash account holds what it has, a margin account its leverage", () => {
  expect(passes({}, "gross-exposure", 1)).toBe(true);
  expect(passes({}, "gross-exposure", 1.01)).toBe(false);
  expect(passes({ account: { kind: "margin", leverage: 3 } }, "gross-exposure", 3)).toBe(true);
  expect(passes({ account: { kind: "margin", leverage: 3 } }, "gross-exposure", 3.01)).toBe(false);
  // No profile and no rule lets a cash account borrow.
  const bold: RunConfigInput = {
    risk: { profile: "aggressive", rules: [{ use: "gross-exposure", limit: 5 }] },
  };
  expect(passes(bold, "gross-exposure", 1.01)).toBe(false);
});

test.each(profileNames)("the rules of the profile %s can all be made", (profile) => {
  expect(namesOf({ risk: { profile } })).toEqual([
    "gross-exposure",
    "position-limit",
    "gross-exposure",
    "open-positions",
    "daily-loss-halt",
    "drawdown-halt",
    "volatility-breaker",
    "stale-data",
    "bad-data",
  ]);
});

test("the profiles have the limits that their table names", () => {
  const numbersOf = (name: (typeof profileNames)[number]) =>
    riskProfiles[name].rules.map(({ use, ...options }) => {
      const numbers = Object.values(options).filter((one) => typeof one === "number");
      return `${use} ${numbers.join(" ")}`.trim();
    });
  const expected = (
    share: number,
    gross: number,
    open: number,
    loss: number,
    fall: number,
    wild: number,
    late: number,
  ) => [
    `position-limit ${share}`,
    `gross-exposure ${gross}`,
    `open-positions ${open}`,
    `daily-loss-halt ${loss}`,
    `drawdown-halt ${fall}`,
    `volatility-breaker ${wild}`,
    `stale-data ${late}`,
    `bad-data ${late}`,
  ];
  expect(numbersOf("conservative")).toEqual(expected(0.2, 0.5, 5, 0.01, 0.1, 2, 1));
  expect(numbersOf("moderate")).toEqual(expected(0.5, 1, 10, 0.03, 0.2, 3, 2));
  expect(numbersOf("aggressive")).toEqual(expected(1, 2, 20, 0.06, 0.35, 4, 3));
});

test("from conservative to aggressive, every limit is wider", () => {
  const limitsOf = (name: (typeof profileNames)[number]) => {
    const { positionShare, rules } = riskProfiles[name];
    return [
      positionShare,
      ...rules.flatMap((rule) => Object.values(rule).filter((one) => typeof one === "number")),
    ];
  };
  const limits = profileNames.map(limitsOf);
  for (let k = 0; k < limits[0]!.length; k++) {
    expect(limits[0]![k]!).toBeLessThan(limits[1]![k]!);
    expect(limits[1]![k]!).toBeLessThan(limits[2]![k]!);
  }
});

test("a rule of the config replaces the profile's rule of the same name", () => {
  expect(passes({ risk: { profile: "conservative" } }, "position-limit", 0.3)).toBe(false);
  const own: RunConfigInput = {
    risk: { profile: "conservative", rules: [{ use: "position-limit", limit: 0.3 }] },
  };
  expect(passes(own, "position-limit", 0.3)).toBe(true);
  expect(passes(own, "position-limit", 0.31)).toBe(false);
});

test("an unknown rule and an unknown option are errors that name the nearest one", () => {
  expect(() => namesOf({ risk: { rules: [{ use: "position-limits" }] } })).toThrow("PLUGIN_UNKNOWN");
  expect(() => namesOf({ risk: { rules: [{ use: "position-limit", limits: 1 }] } })).toThrow("PARAM_UNKNOWN");
});

const sizing = (config: RunConfigInput, symbols: number) => sizingOf(runConfigSchema.parse(config), symbols);

test("equal parts are parts of what can be held at once, within what the rules leave to one symbol", () => {
  expect(sizing({}, 1)).toEqual({ use: "fixed-fraction" });
  expect(sizing({}, 493)).toEqual({ use: "fixed-fraction" });
  const fraction = (profile: (typeof profileNames)[number], symbols: number) =>
    sizing({ risk: { profile } }, symbols)["fraction"] ?? 1 / symbols;
  // conservative: 20 % in one, 50 % in all, 5 symbols at once
  expect([1, 2, 4, 5, 493].map((n) => fraction("conservative", n))).toEqual([0.2, 0.2, 0.125, 0.1, 0.1]);
  // moderate: 50 %, 100 %, 10 symbols
  expect([1, 2, 4, 10, 493].map((n) => fraction("moderate", n))).toEqual([0.5, 0.5, 0.25, 0.1, 0.1]);
  // aggressive: 100 %, 200 %, 20 symbols; a cash account has no 200 %, and equal parts never borrow
  expect([1, 2, 493].map((n) => fraction("aggressive", n))).toEqual([1, 0.5, 0.05]);
  expect(sizing({ risk: { rules: [{ use: "open-positions", limit: 4 }] } }, 100)["fraction"]).toBe(0.25);
});

test("a profile caps every sizing of the house at what it allows in one symbol; without one nothing is touched", () => {
  const conservative = { profile: "conservative" } as const;
  const large = { use: "fixed-fraction", fraction: 0.9 };
  expect(sizing({ sizing: large }, 1)).toEqual(large);
  expect(sizing({ risk: conservative, sizing: large }, 1)["fraction"]).toBe(0.2);
  expect(sizing({ risk: conservative, sizing: { ...large, fraction: 0.1 } }, 1)["fraction"]).toBe(0.1);
  expect(sizing({ risk: conservative, sizing: { use: "fixed-risk" } }, 1)).toMatchObject({ weightMax: 0.2 });
  expect(sizing({ risk: conservative, sizing: { use: "volatility-target" } }, 493)).toMatchObject({
    symbols: 5,
    leverageMax: 0.5,
  });
  expect(sizing({ risk: conservative, sizing: { use: "mine" } }, 1)).toEqual({ use: "mine" });
});

test("how much of the money can work at once is known before the run", () => {
  const working = (config: RunConfigInput, symbols: number) =>
    workingShare(runConfigSchema.parse(config), symbols);
  expect(working({}, 493)).toBeCloseTo(1, 12);
  expect(working({ risk: { profile: "moderate" } }, 493)).toBeCloseTo(1, 12);
  expect(working({ risk: { profile: "conservative" } }, 493)).toBeCloseTo(0.5, 12);
  expect(working({ sizing: { use: "fixed-fraction", fraction: 0.01 } }, 2)).toBeCloseTo(0.02, 12);
  expect(working({ sizing: { use: "mine" } }, 1)).toBeNull();
});

test("the trading profile stands behind the risk profile, and the kill switch in front of both", () => {
  const config = runConfigSchema.parse({ risk: { profile: "moderate", tradingProfile: "trader" } });
  const tradingState = () => ({ state: "halted", reason: "a person" }) as const;
  const names = riskRules(config, { ...testTools(), tradingState }).map(({ name }) => name);
  expect(names[0]).toBe("trading-state");
  expect(names.slice(-6)).toEqual([
    "price-collar",
    "order-size",
    "order-rate",
    "duplicate-order",
    "correlated-exposure",
    "value-at-risk",
  ]);
});
