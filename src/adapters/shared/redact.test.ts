import { expect, test } from "vitest";
import { redactor } from "./redact.ts";

test("a secret is blotted out wherever it stands, also when it is encoded for an address", () => {
  const redact = redactor(["a/b+c=d", undefined, "", "key-1234"]);
  expect(redact("https://x/?k=a%2Fb%2Bc%3Dd&i=key-1234 (a/b+c=d)")).toBe("https://x/?k=***&i=*** (***)");
});

test("a secret too short to be one does not blot out half of a message", () => {
  expect(redactor(["a"])("a bad day")).toBe("a bad day");
});
