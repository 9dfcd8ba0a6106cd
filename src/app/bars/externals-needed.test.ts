import { expect, test } from "vitest";
import { handBars } from "../../../test/strategy-harness.ts";
import { news } from "../../domain/external-series.ts";
import { sma } from "../../indicators/sma.ts";
import { over } from "../../indicators/over.ts";
import { metaStrategy, strategy, type AnyStrategy } from "../../ports/strategy.ts";
import { int } from "../../domain/params.ts";
import { externalsNeeded } from "./externals-needed.ts";
import { strategyNamed } from "../plugins/registry.ts";

const bars = [handBars([1, 2, 3]), { ...handBars([1, 2, 3]), symbol: "OTHER" }];
const rest = { summary: "", params: {}, onBar: () => {} };
const ownNews = strategy({ ...rest, name: "own", setup: () => ({ mood: sma(news().sentiment, 3) }) });
const spyNews = strategy({
  ...rest,
  name: "spy",
  setup: ({ bars: own }) => ({ ratio: over(own.close, news("SPY").count) }),
});

function needed(given: unknown): readonly string[] {
  return externalsNeeded({ strategy: given as AnyStrategy, params: {}, bars }).news;
}

test("a strategy needs the news of every symbol that it decides on, or of the one that it names", () => {
  expect(needed(strategyNamed("sma-cross"))).toEqual([]);
  expect(needed(ownNews)).toEqual(["OTHER", "TEST"]);
  // It is found behind an indicator and where frames meet in the bars of the strategy.
  expect(needed(spyNews)).toEqual(["SPY"]);
});

test("a strategy that chooses among others needs what each of them reads", () => {
  const chooser = metaStrategy({
    name: "chooser",
    summary: "",
    params: {},
    plan: () => ({
      arsenal: [{ strategy: ownNews as AnyStrategy }, { strategy: spyNews as AnyStrategy }],
      regime: { use: "none" },
      selector: { use: "none" },
      windowBars: 10,
      measuredBarsMin: 5,
    }),
  });
  expect(needed(chooser)).toEqual(["OTHER", "SPY", "TEST"]);
});

test("a setup is not asked with parameters that make no sense", () => {
  const refused = strategy({
    ...rest,
    name: "refused",
    params: { length: int(5, { min: 1, max: 9 }) },
    where: ({ length }) => length > 5,
    setup: () => {
      throw new Error("asked");
    },
  });
  expect(needed(refused)).toEqual([]);
});
