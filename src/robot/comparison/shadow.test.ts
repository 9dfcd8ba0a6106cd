import { expect, test } from "vitest";
import { resolveConfig } from "../../app/config/resolve-config.ts";
import { buildSession, layGround } from "../../app/session/build-session.ts";
import { BarTable } from "../../domain/bar-table.ts";
import { smaCross } from "../../strategies/sma-cross.ts";
import { Shadow } from "./shadow.ts";

test("a shadow lives through what the robot has lived through, and through nothing before its first bar", async () => {
  const { config } = await resolveConfig({ folder: import.meta.dirname, file: undefined, env: {}, sets: [] });
  const bars = new BarTable("BTCUSDT", "1h");
  for (let hour = 1; hour <= 3; hour++) bars.append(hour * 3_600_000, 100, 101, 99, 100, 1_000);
  const setup = { bars: [bars], strategy: smaCross, params: {}, config };
  const shadow = new Shadow(buildSession(setup, layGround([bars], config)), [bars], 0);
  // A robot without a bar knows no time: that once never ended.
  shadow.advance(Number.NaN);
  expect(shadow.session.recorder.log.length).toBe(0);
  shadow.advance(2 * 3_600_000);
  expect(shadow.session.recorder.log.length).toBe(2);
  // In pieces it comes as far, and says when.
  expect([shadow.advance(Infinity, 1), shadow.advance(Infinity, 1)]).toEqual([false, true]);
  expect(shadow.session.recorder.log.length).toBe(3);
});
