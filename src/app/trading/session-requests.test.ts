import { expect, test } from "vitest";
import { kiwiConfigSchema } from "../config/config-schema.ts";
import { requestsOf, sessionsMeant } from "./session-requests.ts";

const config = (sessions: readonly object[]) =>
  kiwiConfigSchema.parse({
    broker: { use: "alpaca", market: "crypto" },
    pairs: ["BTC/USD"],
    timeframe: "1h",
    sessions,
  });
const started = (sessions: readonly object[], ...names: readonly string[]) => {
  const all = config(sessions);
  return requestsOf({ folder: ".", config: all, nowMs: 0 }, sessionsMeant(all, names)!);
};

test("one strategy without sessions has its account for itself", () => {
  expect(sessionsMeant(config([]), [])).toBeNull();
  expect(sessionsMeant(config([]), ["sma-cross"])).toBeNull();
  expect(sessionsMeant(config([{ strategy: "sma-cross" }]), ["trend-following"])).toBeNull();
});

test("strategies that are named share the account alike; sessions of the configuration are known by name", () => {
  expect(started([], "sma-cross", "trend-following").map(({ part }) => part)).toEqual([
    { name: "sma-cross", share: 0.5 },
    { name: "trend-following", share: 0.5 },
  ]);
  const [one] = started([{ name: "slow", strategy: "sma-cross", params: { fast: 50 } }], "slow");
  expect(one).toMatchObject({ request: { strategy: "sma-cross", params: { fast: 50 } }, part: { share: 1 } });
});

test("shares that are not given are what the others of the same account leave", () => {
  const elsewhere = { key: { env: "OTHER_KEY" } };
  const parts = started([
    { name: "a", strategy: "sma-cross", share: 0.5 },
    { name: "b", strategy: "sma-cross" },
    { name: "c", strategy: "sma-cross" },
    { name: "d", strategy: "sma-cross", broker: elsewhere, pairs: ["ETH/USD"], timeframe: "4h" },
  ]);
  expect(parts.map(({ part }) => part!.share)).toEqual([0.5, 0.25, 0.25, 1]);
  const { broker, pairs, timeframe } = parts[3]!.request.config;
  expect({ broker, pairs, timeframe }).toEqual({
    broker: { use: "alpaca", market: "crypto", ...elsewhere },
    pairs: ["ETH/USD"],
    timeframe: "4h",
  });
  const [other] = started([{ strategy: "sma-cross", broker: { use: "bybit", category: "spot" } }]);
  expect(other!.request.config.broker).toEqual({ use: "bybit", category: "spot" });
  // A configuration that is read again while it runs says the same of the session.
  expect(parts[3]!.own(config([]))).toMatchObject({ pairs: ["ETH/USD"], timeframe: "4h" });
});

test("more than the whole is refused, and so are two of one name", () => {
  const code = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      return (error as { parts: { code: string } }).parts.code;
    }
    return null;
  };
  const share = (value: number, name: string) => ({ name, strategy: "sma-cross", share: value });
  expect(code(() => started([share(0.7, "a"), share(0.3, "b")]))).toBeNull();
  expect(code(() => started([share(0.7, "a"), share(0.4, "b")]))).toBe("SESSION_SHARES");
  expect(code(() => started([share(0.7, "a"), share(0.3, "b"), { strategy: "sma-cross" }]))).toBe(
    "SESSION_SHARES",
  );
  expect(code(() => started([], "sma-cross", "sma-cross"))).toBe("SESSIONS_ALIKE");
});
