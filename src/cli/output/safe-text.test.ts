import { expect, test } from "vitest";
import { painter } from "../../analysis/report/terminal/ansi.ts";
import { safeText } from "./safe-text.ts";

test("no control character reaches the terminal, and JSON reads back what was there", () => {
  const evil = "a\u001B]0;title\u0007\u001B[2J\u009B31mb\rc\u202Ed\u007F";
  const shown = safeText(JSON.stringify({ name: evil }));
  // oxlint-disable-next-line no-control-regex -- they are what must not be there
  expect(shown).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202E]/);
  expect(JSON.parse(shown)).toEqual({ name: evil });
});

test("line ends, tabs and Kiwi's own colours stay", () => {
  const painted = painter(true)("costs", "alert");
  expect(safeText(`${painted}\tx\r\ny\n`)).toBe(`${painted}\tx\r\ny\n`);
});

test("a password in an address is masked", () => {
  expect(safeText("cannot open postgres://kiwi:hidden@db/kiwi")).toBe(
    "cannot open postgres://kiwi:***@db/kiwi",
  );
});
