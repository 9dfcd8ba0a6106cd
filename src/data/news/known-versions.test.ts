import * as fc from "fast-check";
import { expect, test } from "vitest";
import { newsItem } from "../../../test/news-items.ts";
import { knownVersions, type Knowledge } from "./known-versions.ts";

const timesOf = (items: Parameters<typeof knownVersions>[0], knowledge?: Knowledge) =>
  knownVersions(items, knowledge).map(({ item, knownMs }) => `${item.headline} ${knownMs}`);

test("a version is known at the later of publication and update", () => {
  const revised = newsItem("a", 100, "revised", { updatedAtMs: 300 });
  const backdated = newsItem("b", 200, "backdated", { updatedAtMs: 50 });
  expect(timesOf([revised, newsItem("a", 100, "first"), backdated])).toEqual([
    "first 100",
    "backdated 200",
    "revised 300",
  ]);
});

test("by arrival, nothing is known before it arrived here nor before its own stamp", () => {
  const late = newsItem("a", 100, "late", { receivedAtMs: 150 });
  const early = newsItem("b", 100, "our clock is behind", { receivedAtMs: 90 });
  expect(timesOf([late, early], { knownBy: "received" })).toEqual(["our clock is behind 100", "late 150"]);
  expect(timesOf([late, early], { delayMs: 7 })).toEqual(["our clock is behind 107", "late 107"]);
});

test("a text that changed without a new stamp was not known before it arrived", () => {
  const first = newsItem("a", 100, "first");
  const silent = newsItem("a", 100, "silent", { receivedAtMs: 500 });
  expect(timesOf([silent, first])).toEqual(["first 100", "silent 500"]);
  // Nobody can tell when the only text that is left was written: the stamp is all there is.
  expect(timesOf([silent])).toEqual(["silent 100"]);
});

test("the same version from stream and history counts once, and the order of handing in does not matter", () => {
  const item = fc
    .record({ id: fc.nat(2), updated: fc.nat(3), received: fc.nat(3), text: fc.nat(1) })
    .map(({ id, updated, received, text }) =>
      newsItem(`n${id}`, 0, `n${id} v${updated} t${text}`, {
        updatedAtMs: updated,
        receivedAtMs: updated + received,
      }),
    );
  fc.assert(
    fc.property(fc.array(item, { maxLength: 12 }), (items) => {
      const lines = timesOf(items);
      expect(timesOf(items.toReversed())).toEqual(lines);
      const texts = new Set(items.map(({ headline }) => headline));
      expect(lines).toHaveLength(texts.size);
    }),
    { seed: 20240307, numRuns: 200 },
  );
});
