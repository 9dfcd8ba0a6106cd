import { defaultRegimes, regimeShares } from "../../src/data/synthetic/regime-path.ts";
import { hmm } from "../../src/regimes/hmm.ts";
import { make } from "../plugin-tools.ts";
import { agreement, foldRegime, plantedMarket } from "../regime-harness.ts";

// How much of a planted regime can be told at all: what the detector tells, beside a filter that was told the market's own
// parameters, least and mean dwell included, and reads high, low and close of every bar.

/** Deviation of a bar in a regime of volatility 1. */
const unit = 0.002;

/** Each regime is a chain of states, one for each bar that it must last; in the last of them it may stay. */
const chains = defaultRegimes.map(({ dwellBarsMin, dwellBarsMean }) => ({
  states: new Float64Array(dwellBarsMin),
  staying: (dwellBarsMean - dwellBarsMin) / (dwellBarsMean - dwellBarsMin + 1),
}));

/** The likeliest regime of every bar, from that bar and those before it. */
function tellKnowing(drift: number, { bars, truth }: ReturnType<typeof plantedMarket>): readonly string[] {
  const shares = regimeShares(defaultRegimes);
  for (const [k, { states }] of chains.entries()) states.fill(shares[k]! / states.length);
  return truth.map((_, row) => {
    const entering = leave();
    let total = 0;
    const beliefs = chains.map(({ states }, k) => {
      states[0] = entering[k]!;
      const { drift: sign, volatility } = defaultRegimes[k]!;
      const density = densityOf(bars, row, Math.sign(sign) * drift, unit * volatility);
      let belief = 0;
      for (let at = 0; at < states.length; at++) belief += states[at]! *= density;
      total += belief;
      return belief;
    });
    for (const { states } of chains) for (let at = 0; at < states.length; at++) states[at]! /= total;
    return defaultRegimes[beliefs.indexOf(Math.max(...beliefs))]!.name;
  });
}

/** One bar passes in every chain; returns what enters each regime from the others, which all are equally ready for. */
function leave(): readonly number[] {
  const leaving = chains.map(({ states, staying }) => {
    const last = states.length - 1;
    const atEnd = states[last]!;
    states.copyWithin(1, 0, last);
    states[last]! += atEnd * staying;
    return atEnd * (1 - staying);
  });
  const all = leaving.reduce((sum, value) => sum + value, 0);
  return leaving.map((own) => (all - own) / (leaving.length - 1));
}

/**
 * Density of a bar of a Brownian motion from the close before it: its close, and its high and its low given that, each by
 * itself (Borodin and Salminen 2002, IV.26), up to a factor that no regime changes.
 */
function densityOf({ open, high, low, close }: Bars, row: number, drift: number, deviation: number): number {
  const [top, bottom, move] = [
    Math.log(high[row]! / open[row]!),
    Math.log(low[row]! / open[row]!),
    Math.log(close[row]! / open[row]!),
  ];
  const surprise = (move - deviation * (drift - deviation / 2)) / deviation;
  const reach = top * (top - move) + bottom * (bottom - move);
  return Math.exp(-(surprise ** 2) / 2 - (2 * reach) / deviation ** 2) / (deviation / unit) ** 5;
}

type Bars = ReturnType<typeof plantedMarket>["bars"];

/** Share of the bars that are told right, and of those of the planted regime of which fewest are. */
export type Told = { readonly right: number; readonly leastRecall: number };

/** What the detector and the filter that knows everything tell of a market, from row `from` on. */
export function measureRecall(seed: number, drift: number, length: number, from: number) {
  const market = plantedMarket({ seed, bars: length, drift, deviation: unit });
  const known = market.truth.slice(from);
  const told = (labels: readonly string[]): Told => ({
    right: agreement(labels.slice(from), known),
    leastRecall: Math.min(
      ...[...new Set(known)].map((name) => {
        const rows = known.flatMap((label, row) => (label === name ? [from + row] : []));
        return rows.filter((row) => labels[row] === name).length / rows.length;
      }),
    ),
  });
  return {
    detector: told(foldRegime(make(hmm), market.bars).labels),
    knowing: told(tellKnowing(drift, market)),
  };
}

/** The full size, for docs/proofs.md: 20 markets. */
export function prove(): string {
  const seeds = Array.from({ length: 20 }, (_, k) => 1 + k);
  const text = (values: readonly number[]) =>
    `${(values.reduce((sum, value) => sum + value, 0) * (100 / values.length)).toFixed(0)} % (${(100 * Math.min(...values)).toFixed(0)} %)`;
  const rows = [0.05, 0.1, 0.2, 0.5].map((drift) => {
    const all = seeds.map((seed) => measureRecall(seed, drift, 20_000, 5_000));
    const cells = (["detector", "knowing"] as const).flatMap((who) =>
      (["right", "leastRecall"] as const).map((what) => text(all.map((one) => one[who][what]))),
    );
    return `| ${drift} | ${cells.join(" | ")} |`;
  });
  return [
    "| drift | `hmm` right | its worst regime | knowing all: right | its worst regime |",
    "|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}
