import { expect, test } from "vitest";
import { measureSizes } from "./sizes.ts";

// The full size: npm run prove sizes.
test("on walks without drift, at no costs, no test of a validation finds much (10 seeds)", () => {
  // A test at 5 % is wrong on five of ten walks once in 16,000 times.
  for (const [name, size] of Object.entries(measureSizes(10, 600))) expect(size, name).toBeLessThan(0.5);
});
