import * as fc from "fast-check";
import { expect, test } from "vitest";
import { dampeners, intensifiers, negations } from "./lexicon-modifiers.ts";
import { phrases } from "./lexicon-phrases.ts";
import { lexiconScorer } from "./lexicon-scorer.ts";
import { wordGroups } from "./lexicon-words.ts";

const scoreOf = (headline: string, summary = "") => lexiconScorer.score({ headline, summary });

test.each([
  "Apple beats estimates and raises guidance",
  "Shares of Nvidia soar to record high after blowout quarter",
  "FDA approves Pfizer drug",
  "Boeing wins $4 billion contract",
  "Analyst upgrades Tesla, price target raised",
  "Retailer reports narrower loss",
  "Company&#39;s recovery isn&rsquo;t weak",
])("good news: %s", (headline) => {
  expect(scoreOf(headline).score).toBeGreaterThan(0.1);
});

test.each([
  "Apple misses estimates, cuts guidance",
  "Tesla shares plunge on fraud probe",
  "Bank files for Chapter 11",
  "Company denies fraud allegations",
  "Sales did not grow",
  "Drug maker receives complete response letter from FDA",
  "Boeing announces secondary offering",
  "Revenue falls short of forecasts",
])("bad news: %s", (headline) => {
  expect(scoreOf(headline).score).toBeLessThan(-0.1);
});

test.each(["Apple to hold annual meeting on Tuesday", "", "???", "10 stocks in the headlines", "Ölpreis"])(
  "nothing found, nothing claimed: %s",
  (headline) => {
    expect(scoreOf(headline)).toEqual({ score: 0, confidence: 0, words: [] });
  },
);

test("a negation turns a word around within its sentence and loses strength by it", () => {
  expect(scoreOf("Sales are not strong").score).toBeCloseTo(-0.42, 12);
  expect(scoreOf("No. Sales are strong").score).toBe(0.6);
  expect(scoreOf("Not for lack of trying, sales are strong").score).toBe(0.6);
});

test("emphasis makes more of a word, doubt makes less, a question half, and nothing goes beyond 1", () => {
  const plain = scoreOf("Shares fall").score;
  expect(scoreOf("Shares fall sharply").score).toBeCloseTo(plain * 1.5, 12);
  expect(scoreOf("Shares slightly fall").score).toBeCloseTo(plain * 0.6, 12);
  expect(scoreOf("Will shares fall?").score).toBeCloseTo(plain / 2, 12);
  expect(scoreOf("Shares sharply plunge").score).toBe(-1);
});

test("a phrase counts for itself and hides its words", () => {
  expect(scoreOf("Lender sees rate cut").score).toBe(0.3);
  expect(scoreOf("New price target").confidence).toBe(0);
  expect(scoreOf("Top losers of the day").confidence).toBe(0);
  expect(scoreOf("Analyst cuts price target").words).toEqual(["cuts price target"]);
});

test("the headline counts twice as much as the summary, and a repeated one once", () => {
  expect(scoreOf("Profit up", "Shares fall").score).toBeCloseTo((2 * 0.6 + 2 * 0.4 - 0.6) / 5, 12);
  expect(scoreOf("Shares fall", "Shares fall")).toEqual(scoreOf("Shares fall"));
});

test("confidence grows with what is found: half with one word in a headline", () => {
  expect(scoreOf("Shares fall").confidence).toBe(0.5);
  expect(scoreOf("Shares fall", "Weak demand").confidence).toBeCloseTo(4 / 6, 12);
});

test("any text has a score between -1 and 1 and a confidence between 0 and 1, twice the same", () => {
  const words = [...wordGroups.flatMap((group) => group.words.split(" ")), ...Object.keys(phrases)];
  const modifiers = [...negations, ...intensifiers, ...dampeners, ".", "?", "<b>", "&amp;", "company"];
  const text = fc
    .array(fc.oneof(fc.constantFrom(...words), fc.constantFrom(...modifiers), fc.string({ maxLength: 8 })))
    .map((parts) => parts.join(" "));
  fc.assert(
    fc.property(text, text, (headline, summary) => {
      const result = scoreOf(headline, summary);
      expect(Math.abs(result.score)).toBeLessThanOrEqual(1);
      expect(result.confidence).toBeGreaterThanOrEqual(0);
      expect(result.confidence).toBeLessThan(1);
      expect(scoreOf(headline, summary)).toEqual(result);
    }),
    { seed: 20240306, numRuns: 300 },
  );
});

test("the lexicon has hundreds of words, none twice, none a modifier, all within -1 to 1", () => {
  const words = wordGroups.flatMap((group) => group.words.split(" "));
  expect(words.length).toBeGreaterThan(300);
  expect(words.filter((word, index) => words.indexOf(word) !== index || word === "")).toEqual([]);
  const modifiers = new Set([...negations, ...intensifiers, ...dampeners]);
  expect(words.filter((word) => modifiers.has(word))).toEqual([]);
  const weights = [...wordGroups.map(({ weight }) => weight), ...Object.values(phrases)];
  expect(weights.every((weight) => Math.abs(weight) <= 1)).toBe(true);
});
