import { expect, test } from "vitest";
import { heatmapFigure } from "./heatmap-figure.ts";

test("one value far below the others leaves them their shades", () => {
  const cells = Array.from({ length: 9 }, (_, x) => ({ x, y: 0, value: x === 0 ? -500 : x / 10 }));
  const shown = { xName: "fast", yName: "slow", xTexts: cells.map(({ x }) => String(x)), yTexts: ["1"] };
  const { stills } = heatmapFigure({ ...shown, cells, best: cells[8]! });
  const shades = [...stills[0]!.svg.matchAll(/class="look-blue" opacity="([\d.]+)"/g)].map(([, text]) =>
    Number(text),
  );
  expect(shades[0]).toBe(0.06);
  expect(shades[1]).toBe(0.06);
  expect(shades[8]).toBe(1);
  expect(shades[4]).toBeGreaterThan(0.3);
  expect(shades[4]).toBeLessThan(0.6);
});

test("both axes of a heat map carry the values of its dimensions, and the ring lies on the best", () => {
  const cells = [0, 1, 2].flatMap((x) => [0, 1].map((y) => ({ x, y, value: x - y })));
  const { stills } = heatmapFigure({
    xName: "fast",
    yName: "slow",
    xTexts: ["5", "10", "15"],
    yTexts: ["150", "aggressively"],
    cells,
    best: { x: 2, y: 0, value: 2 },
  });
  for (const { svg } of stills) {
    const ticks = [...svg.matchAll(/class="tick"[^>]*>([^<]*)</g)].map(([, text]) => text);
    expect(ticks).toEqual(["150", "aggress…", "5", "10", "15"]);
    expect(svg.match(/class="look-blue"/g)).toHaveLength(6);
    // Five sixths of the way across and three quarters of the way down, inside the margins.
    const [, width, height] = /<rect class="plot" width="([\d.]+)" height="([\d.]+)"/.exec(svg)!;
    const [, cx, cy] = /<circle class="point" cx="([\d.]+)" cy="([\d.]+)"/.exec(svg)!;
    expect(Number(cx)).toBeCloseTo((Number(width) * 5) / 6, 0);
    expect(Number(cy)).toBeCloseTo((Number(height) * 3) / 4, 0);
  }
});
