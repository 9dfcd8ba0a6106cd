import { expect, test } from "vitest";
import { xyStills } from "./xy-chart.ts";

const axis = (high: number) => ({ label: "y", low: 0, high, unit: "percent" as const });

test.each([1, 40, 40_000])("the longest number of the axis has room left of the plot: up to %d", (high) => {
  for (const { svg } of xyStills("half", 280, { ...axis(1), unit: "ratio" }, axis(high), () => "")) {
    const [, left] = /translate\(([\d.]+) 22\)/.exec(svg)!;
    const ticks = [...svg.matchAll(/x="-7"[^>]*>([^<]+)</g)].map(([, text]) => text!);
    expect(ticks.length).toBeGreaterThan(2);
    // 6.6 pixels a letter and 7 beside it are inside what stands left of the plot.
    for (const text of ticks) expect(7 + 6.6 * text.length).toBeLessThanOrEqual(Number(left));
  }
});
