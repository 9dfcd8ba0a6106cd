import { expect, test } from "vitest";
import {
  clipped,
  countText,
  isoText,
  minuteText,
  moneyText,
  percentText,
  priceText,
  ratioText,
} from "./number-text.ts";

test("a number that does not exist is n/a and never 0 or NaN", () => {
  for (const text of [percentText, moneyText, ratioText, countText, priceText, minuteText]) {
    for (const missing of [null, undefined, Number.NaN, Infinity]) expect(text(missing)).toBe("n/a");
  }
});

test("a fraction is shown in per cent, with fewer decimals where there are digits enough", () => {
  expect(percentText(0.12345)).toBe("12.35 %");
  expect(percentText(7.4485, { signed: true })).toBe("+744.9 %");
  expect(percentText(152.71, { signed: true })).toBe("+15,271 %");
  expect(percentText(-0.4005, { signed: true })).toBe("-40.05 %");
});

test("what rounds to nothing has no sign", () => {
  expect(percentText(-0.000001, { signed: true })).toBe("0.00 %");
  expect(moneyText(-0.001, { signed: true })).toBe("0.00");
});

test("money has cents below a million and groups of three", () => {
  expect(moneyText(84485.514)).toBe("84,485.51");
  expect(moneyText(1202602.4)).toBe("1,202,602");
  expect(moneyText(389.98, { signed: true })).toBe("+389.98");
});

test("ratios, counts and prices keep the digits that matter", () => {
  expect(ratioText(0.868)).toBe("0.87");
  expect(ratioText(0.0742)).toBe("0.074");
  expect(countText(60108)).toBe("60,108");
  expect(countText(12.54)).toBe("12.5");
  expect(priceText(0.00001234)).toBe("0.00001234");
  expect(priceText(67890.12)).toBe("67,890.12");
  expect(priceText(0)).toBe("0");
});

test("an absurd number is called large, and never a power of ten", () => {
  expect(percentText(1.7e51, { signed: true })).toBe("over 1,000,000,000 %");
  expect(percentText(-1e9)).toBe("below -1,000,000,000 %");
});

test("a time to the second is ISO 8601", () => {
  expect(isoText(Date.UTC(2024, 2, 5))).toBe("2024-03-05T00:00:00Z");
});

test("a long text is cut and says so", () => {
  expect(clipped("abc", 3)).toBe("abc");
  expect(clipped("abcd", 3)).toBe("ab…");
});
