import { expect, test } from "vitest";
import { candidate, contextOf, selectorOf } from "../../test/selection-context.ts";

test("everybody who is ready has the same share, whatever it earns", () => {
  const selector = selectorOf("equal-weight");
  const all = [candidate("good", 0.01), candidate("raw", 0, { isReady: false }), candidate("bad", -0.01)];
  const { blend, strategy, share, reason } = selector.select(contextOf(all, "volatile", -1));
  expect([...blend!]).toEqual([0.5, 0, 0.5]);
  expect({ strategy, share }).toEqual({ strategy: 0, share: 1 });
  expect(reason).toContain("2 strategies");
});

test("a strategy that has lost the right to trade keeps its share: nothing is chosen here", () => {
  const all = [candidate("good", 0.01), candidate("fallen", -0.01, { demotion: "fallen" })];
  expect([...selectorOf("equal-weight").select(contextOf(all, "sideways", 0)).blend!]).toEqual([0.5, 0.5]);
});

test("while nobody is ready nothing is held", () => {
  const all = [candidate("a", 0, { isReady: false }), candidate("b", 0, { isReady: false })];
  const { action, strategy, blend } = selectorOf("equal-weight").select(contextOf(all, "sideways", -1));
  expect({ action, strategy, blend: [...blend!] }).toEqual({ action: "hold", strategy: -1, blend: [0, 0] });
});
