import { expect, test } from "vitest";
import { clockSkewMs, dateOf, numberIn, readBody, retryAfterMs, type HttpAnswer } from "./http-answer.ts";

const answer = (headers: Readonly<Record<string, string>>): HttpAnswer => ({
  status: 200,
  headers,
  body: {},
  unreadable: null,
  sentMs: 0,
  receivedMs: 1_000,
});

test("a body that is not JSON is named for what it is", () => {
  expect(readBody('{"a":1}')).toEqual({ body: { a: 1 }, unreadable: null });
  expect(readBody("  ").unreadable).toBe("an empty body");
  expect(readBody("<html>\n  <b>no</b>").unreadable).toBe("an HTML page: <html> <b>no</b>");
  expect(readBody('[[1,"2').unreadable).toBe('JSON that is cut off or damaged: [[1,"2');
  expect(readBody("access too frequent").unreadable).toBe("text that is not JSON: access too frequent");
});

test("Retry-After is seconds or a date", () => {
  const date = "Tue, 05 Mar 2024 12:00:00 GMT";
  expect(retryAfterMs(answer({ "retry-after": "7" }))).toBe(7_000);
  expect(retryAfterMs(answer({ "retry-after": "Tue, 05 Mar 2024 12:00:30 GMT", date }))).toBe(30_000);
  expect(retryAfterMs(answer({ "retry-after": "Tue, 05 Mar 2024 11:00:00 GMT", date }))).toBe(0);
  expect(retryAfterMs(answer({ "retry-after": "soon" }))).toBeNull();
  expect(retryAfterMs(answer({}))).toBeNull();
});

test("headers that are missing or no numbers are null, not 0", () => {
  expect([
    numberIn({ a: "5" }, "a"),
    numberIn({ a: "" }, "a"),
    numberIn({ a: "x" }, "a"),
    numberIn({}, "a"),
  ]).toEqual([5, null, null, null]);
  expect([dateOf({}), dateOf({ date: "never" })]).toEqual([null, null]);
});

test("our clock is off only when no moment between question and answer can explain the venue's time", () => {
  const asked = { sentMs: 10_000, receivedMs: 12_000 };
  // Whole seconds: 9,000 may mean 9,999.
  expect([9_000, 11_000, 12_000].map((venueMs) => clockSkewMs(asked, venueMs, 1_000))).toEqual([0, 0, 0]);
  expect(clockSkewMs(asked, 5_000, 1_000)).toBe(4_000);
  expect(clockSkewMs(asked, 15_000, 1_000)).toBe(-3_000);
});
