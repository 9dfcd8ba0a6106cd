import fc from "fast-check";
import { expect, test } from "vitest";
import { html, markup } from "./html.ts";
import { typeset } from "./table.ts";

test("whatever text is inserted, no markup comes of it", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("<", ">", "&", '"', "'", "a", "script") }), (text) => {
      const inserted = html`<p title="${text}">${text}</p>`.html.slice(3, -4);
      expect(inserted.replace(/^title="[^"]*">/, "")).not.toMatch(/[<>"']/);
    }),
    { seed: 51 },
  );
});

test("markup, lists, numbers and nothing are inserted as they are", () => {
  expect(html`${markup("<b>")}${[html`<i></i>`, "<"]}${3}${false}${null}`.html).toBe("<b><i></i>&lt;3");
});

test("a minus is a minus and a hyphen stays a hyphen", () => {
  expect(typeset("-5.2 % to -1 %")).toBe("\u22125.2\u00a0% to \u22121\u00a0%");
  expect(typeset("2024-01-02, buy-and-hold")).toBe("2024-01-02, buy-and-hold");
});
