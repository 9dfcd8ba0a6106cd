import { expect, test } from "vitest";
import { heatmapFigure } from "./heatmap-figure.ts";

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
  for (const { svg, width, height } of stills) {
    const ticks = [...svg.matchAll(/class="tick"[^>]*>([^<]*)</g)].map(([, text]) => text);
    expect(ticks).toEqual(["150", "aggress…", "5", "10", "15"]);
    expect(svg.match(/class="look-blue"/g)).toHaveLength(6);
    // Five sixths of the way across and three quarters of the way down, inside the margins.
    const plot = { width: width - (width < 600 ? 48 : 64) - 14, height: height - 66 };
    const [, cx, cy] = /<circle class="point" cx="([\d.]+)" cy="([\d.]+)"/.exec(svg)!;
    expect(Number(cx)).toBeCloseTo((plot.width * 5) / 6, 0);
    expect(Number(cy)).toBeCloseTo((plot.height * 3) / 4, 0);
  }
});
