import { expect, test } from "vitest";
import { measureRecall } from "./recall.ts";

// The full size: npm run prove recall.
test("a filter that knows a planted market's parameters recalls every regime, and tells more than the detector does", () => {
  const { knowing, detector } = measureRecall(1, 0.05, 8_000, 2_500);
  expect(knowing.leastRecall).toBeGreaterThan(0.8);
  expect(knowing.right).toBeGreaterThan(detector.right);
  expect(detector.right).toBeGreaterThan(0.6);
});
