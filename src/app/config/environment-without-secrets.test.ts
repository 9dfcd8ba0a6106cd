import { expect, test } from "vitest";
import { environmentWithoutSecrets } from "./environment-without-secrets.ts";

test("a strategy's environment has what a program needs, and no key", () => {
  const plain = { PATH: "/usr/bin:/bin", HOME: "/home/a", TZ: "UTC", LC_ALL: "C.UTF-8", KIWI__seed: "7" };
  const secret = {
    APCA_API_KEY_ID: "PK1234567890ABCDEFGH",
    APCA_API_SECRET_KEY: "short",
    TIINGO_API_TOKEN: "abc",
    DATABASE_URL: "postgres://kiwi:hidden@localhost/kiwi",
    INNOCENT: "0123456789abcdef0123456789abcdef",
  };
  expect(environmentWithoutSecrets({ ...plain, ...secret, NOTHING: undefined })).toEqual(plain);
});

test("a variable that the configuration names as the place of a secret is one, whatever it is called", () => {
  const providers = { alpaca: { key: { env: "MINE" }, secret: { file: "there" } } };
  expect(environmentWithoutSecrets({ MINE: "abc", OTHER: "abc" }, providers)).toEqual({ OTHER: "abc" });
});
