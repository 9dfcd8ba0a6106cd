import { expect, test } from "vitest";
import { hasOpenPassword, withoutPasswords } from "./open-password.ts";

test.each([
  ["postgres://kiwi:hidden@localhost/kiwi", "postgres://kiwi:***@localhost/kiwi"],
  ["see https://a:b@c@host:80/x and go", "see https://a:***@host:80/x and go"],
  ["redis://:pw@h", "redis://:***@h"],
  ["https://ghp0123456789abcdef0123@host/x", "https://***@host/x"],
  ["https://host/v1?symbol=A&apikey=123&x=1", "https://host/v1?symbol=A&apikey=***&x=1"],
  ["ws://host/?access_token=abc#end", "ws://host/?access_token=***#end"],
])("%s is shown as %s", (text, shown) => {
  expect(withoutPasswords(text)).toBe(shown);
  expect([hasOpenPassword(text), hasOpenPassword(shown)]).toEqual([true, false]);
});

test.each([
  "https://api.binance.com:443/api/v3/klines?symbol=BTCUSDT",
  "https://user@host/x",
  "synthetic:symbols=3,bars=800",
  "C:\\data\\a@b.csv",
])("%s has nothing to hide", (text) => {
  expect([hasOpenPassword(text), withoutPasswords(text)]).toEqual([false, text]);
});
