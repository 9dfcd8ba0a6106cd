import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { KiwiError } from "../../base/errors.ts";
import { parseConfig, readConfigFile } from "./config-file.ts";

const known = ["CONFIG_SYNTAX", "CONFIG_DUPLICATE_KEY"];

function outcomeOf(text: string): unknown {
  try {
    return parseConfig("kiwi.config.jsonc", text).values;
  } catch (error) {
    expect(error).toBeInstanceOf(KiwiError);
    expect(known).toContain((error as KiwiError).parts.code);
    return null;
  }
}

test("any text at all is a configuration or a mistake with its line", () => {
  const whole = '{\n  // why\n  "pairs": ["BTC"], /* here */\n  "account": { "cash": 1e4, },\n}\n';
  const edited = fc
    .array(fc.tuple(fc.nat({ max: whole.length - 1 }), fc.string({ maxLength: 3 })), { maxLength: 6 })
    .map((edits) => edits.reduce((text, [at, more]) => text.slice(0, at) + more + text.slice(at + 1), whole));
  fc.assert(
    fc.property(fc.oneof(edited, fc.string(), fc.json()), (text) => void outcomeOf(text)),
    { seed: 20260404, numRuns: 2_000 },
  );
  expect(outcomeOf(whole)).toEqual({ pairs: ["BTC"], account: { cash: 1e4 } });
});

test("what JSON says is what is read", () => {
  const settings = fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue());
  fc.assert(
    fc.property(settings, (values) => {
      if (Object.hasOwn(values, "__proto__")) return;
      expect(outcomeOf(JSON.stringify(values))).toEqual(JSON.parse(JSON.stringify(values)));
    }),
    { seed: 20260405 },
  );
});

test.each(["[", '{"a":'])(
  "brackets without end (%s) are a mistake and not the end of the program",
  (open) => {
    const close = open === "[" ? "]" : "}";
    const deep = `${open.repeat(100_000)}1${close.repeat(100_000)}`;
    expect(() => parseConfig("kiwi.config.jsonc", `{"deep":${deep}}`)).toThrow("nested too deep");
  },
);

test.each(["kiwi.config.json", "kiwi.json"])(
  "a configuration of another name (%s) is not passed over in silence",
  async (name) => {
    const folder = mkdtempSync(join(tmpdir(), "kiwi-config-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    expect(await readConfigFile(folder)).toBeNull();
    writeFileSync(join(folder, name), '{"pairs": ["BTC"]}');
    await expect(readConfigFile(folder)).rejects.toMatchObject({
      parts: { code: "CONFIG_NAME", fix: expect.stringContaining(`mv ${name} kiwi.config.jsonc`) },
    });
    expect((await readConfigFile(folder, name))!.values).toEqual({ pairs: ["BTC"] });
    writeFileSync(join(folder, "kiwi.config.jsonc"), "{}");
    expect((await readConfigFile(folder))!.values).toEqual({});
  },
);
