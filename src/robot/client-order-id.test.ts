import fc from "fast-check";
import { expect, test } from "vitest";
import { everything } from "../../test/robot/plain-link.ts";
import type { OrderId } from "../domain/order.ts";
import { checkSessionTag, clientOrderIdOf, sessionOf } from "./client-order-id.ts";

const tag = fc.stringMatching(/^[a-z0-9]{1,8}$/);
const number = fc.integer({ min: 1, max: 1e9 });
const part = fc.integer({ min: 0, max: 999 });

test("no two orders have the same name, whatever their sessions are called", () => {
  fc.assert(
    fc.property(fc.tuple(tag, number, part), fc.tuple(tag, number, part), (a, b) => {
      const nameOf = ([session, id, at]: typeof a) => clientOrderIdOf(session, id as OrderId, at);
      expect(nameOf(a) === nameOf(b)).toBe(String(a) === String(b));
      expect(sessionOf(nameOf(a))).toBe(a[0]);
    }),
    { seed: 3, numRuns: 500 },
  );
});

test("a name that is not ours belongs to no session", () => {
  for (const name of ["", "web_12345", "ABCo1", "mb5k-1", "o12", "x1o"]) expect(sessionOf(name)).toBeNull();
});

test("a tag that the venue would not take is refused before anything is sent", () => {
  expect(() => checkSessionTag("mb5k2x9q", everything)).not.toThrow();
  expect(() => checkSessionTag("Mb-1", everything)).toThrow(/SESSION_TAG_UNFIT/);
  const short = { ...everything, clientOrderId: { lengthMax: 16, pattern: /^\w+$/ } };
  expect(() => checkSessionTag("mb5k2x9q", short)).toThrow(/SESSION_TAG_UNFIT/);
});
