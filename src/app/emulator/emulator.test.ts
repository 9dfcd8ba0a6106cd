import { RestClientV5 } from "bybit-api";
import { expect, test } from "vitest";
import { resolveConfig } from "../config/resolve-config.ts";
import { KiwiError } from "../../base/errors.ts";
import { emulatorOptions, type EmulatorWish } from "./emulator-options.ts";
import { startEmulator } from "./start-emulator.ts";

test.each([
  [{ venue: "bybt" }, "EMULATOR_VENUE", "kiwi emulator bybit"],
  [{ venue: "bybit", pace: "quiet", speed: 2 }, "EMULATOR_CONTRADICTION", "--speed"],
  [{ venue: "bybit", quietMs: 5 }, "EMULATOR_CONTRADICTION", "--pace quiet"],
  [{ venue: "alpaca", hedge: true }, "EMULATOR_CONTRADICTION", "--hedge"],
  [{ venue: "bybit", pace: "slow" }, "EMULATOR_INVALID", "--pace real"],
  [{ venue: "bybit", speed: 0 }, "EMULATOR_INVALID", "--speed"],
  [{ venue: "bybit", port: 70_000 }, "EMULATOR_INVALID", "--port"],
  [{ venue: "bybit", faults: "drop=2" }, "FAULTS_INVALID", "drop=0.02"],
] satisfies readonly (readonly [EmulatorWish, string, string])[])(
  "%o is refused with the way out",
  (wish, code, fix) => {
    let thrown: unknown;
    try {
      emulatorOptions(wish);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(KiwiError);
    const { parts } = thrown as KiwiError;
    expect(parts.code).toBe(code);
    expect(`${parts.message} ${parts.fix}`).toContain(fix);
  },
);

test("in real time a made-up tape begins now, with its history behind it", async () => {
  const { config } = await resolveConfig({
    folder: ".",
    file: undefined,
    env: {},
    sets: ['data=["synthetic:timeframe=1m,bars=200"]'],
  });
  const options = emulatorOptions({ venue: "bybit", port: 0, history: 100 });
  const emulator = await startEmulator(".", config, options, () => {});
  try {
    const client = new RestClientV5({ key: emulator.key, secret: emulator.secret, baseUrl: emulator.url });
    const { result } = await client.getKline({ category: "linear", symbol: "SYN1USDT", interval: "1" });
    expect(result.list).toHaveLength(100);
    // The last closed bar opened between one and two minutes ago.
    const ageMs = Date.now() - Number(result.list[0]![0]);
    expect(ageMs).toBeGreaterThanOrEqual(60_000);
    expect(ageMs).toBeLessThan(125_000);
    const sent = await client.submitOrder({
      category: "linear",
      symbol: "SYN1USDT",
      side: "Buy",
      orderType: "Market",
      qty: "1",
    });
    expect(sent.retCode).toBe(0);
  } finally {
    await emulator.close();
  }
});
