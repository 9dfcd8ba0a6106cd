import { expect, test } from "vitest";
import { measureSizes } from "./sizes.ts";

// The full size: npm run prove sizes.
test("on walks without drift, at no costs, no test of a validation finds much (5 seeds)", () => {
  // A test at 5 % is wrong on four of five walks once in 33,000 times.
  for (const [name, size] of Object.entries(measureSizes(5, 400))) expect(size, name).toBeLessThan(0.7);
});
