import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "./hash.ts";

/** The definition: the keys of every object are sorted as it is written. */
function asDefined(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

test("canonical JSON is JSON with sorted keys, whatever is written", () => {
  const anything = fc.anything({ withDate: true, withTypedArray: true, withMap: true, maxDepth: 4 });
  fc.assert(
    fc.property(anything, (value) => {
      expect(canonicalJson(value)).toBe(asDefined(value));
    }),
  );
  expect(canonicalJson({ b: [{ d: undefined, c: -0 }], a: Number.NaN })).toBe('{"a":null,"b":[{"c":0}]}');
});
