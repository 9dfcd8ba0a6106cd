import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { KiwiError, type ErrorParts } from "../../base/errors.ts";
import { loadStrategyFile } from "./load-strategy.ts";

const folder = mkdtempSync(join(tmpdir(), "kiwi-load-"));
afterAll(() => rmSync(folder, { recursive: true }));

const body = `{ kind: "strategy", name: "mine", summary: "", params: {}, setup: () => ({}), onBar() {} }`;

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function refusal(path: string): Promise<KiwiError> {
  const error = await loadStrategyFile(path).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(KiwiError);
  return error as KiwiError;
}

test("a strategy is what the file exports by default, in TypeScript or JavaScript", async () => {
  const typed = file("typed.ts", `const answer: number = 1;\nexport default ${body};\nvoid answer;`);
  const untyped = file("untyped.mjs", `export default ${body};`);
  expect((await loadStrategyFile(typed)).name).toBe("mine");
  expect((await loadStrategyFile(untyped)).name).toBe("mine");
});

test("a file that is not there is refused with the nearest name", async () => {
  file("breakout.ts", `export default ${body};`);
  const { parts } = await refusal(join(folder, "braekout.ts"));
  expect(parts.code).toBe("STRATEGY_FILE_NOT_FOUND");
  expect(parts.fix).toContain("breakout.ts");
  expect((await refusal(folder)).parts.why).toBe("it is a folder");
});

test("a file without a default export is refused, naming the strategy it exports otherwise", async () => {
  const { parts } = await refusal(file("named.ts", `export const mine = ${body};`));
  expect(parts.code).toBe("STRATEGY_NO_DEFAULT_EXPORT");
  expect(parts.fix).toContain("export default mine;");
});

test("an export that is no strategy is refused, saying what is missing", async () => {
  const { parts } = await refusal(
    file("half.ts", `export default { kind: "strategy", name: "half", params: {} };`),
  );
  expect(parts.code).toBe("STRATEGY_NOT_A_STRATEGY");
  expect(parts.why).toBe("setup is not a function; onBar is not a function");
  expect((await refusal(file("number.ts", "export default 5;"))).parts.why).toBe("it exports a number");
  expect((await refusal(file("notes.txt", "hello"))).parts.code).toBe("STRATEGY_NOT_A_STRATEGY");
});

test("a file that throws while it is loaded is refused with what it threw", async () => {
  const { parts } = await refusal(file("throws.ts", `throw new Error("no luck");`));
  expect(parts.code).toBe("STRATEGY_IMPORT_FAILED");
  expect(parts.message).toContain("no luck");
});

/** Loads files in plain Node: a test runner compiles what is imported by its own rules. */
function loadInNode(calls: string): unknown {
  const module = JSON.stringify(new URL("./load-strategy.ts", import.meta.url).href);
  const code = `import { loadStrategyFile as load } from ${module};
    const partsOf = (path) => load(path).catch((error) => error.parts);
    console.log(JSON.stringify(${calls}));`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" });
  return JSON.parse(stdout);
}

test("broken syntax is refused with its place, and so are types that cannot be erased", () => {
  const broken = file("broken.ts", "const a = 1;\nexport default { name: ;");
  const badEnum = file("enum.ts", `enum Side { Buy }\nexport default ${body};`);
  const [first, second] = loadInNode(
    `[await partsOf(${JSON.stringify(broken)}), await partsOf(${JSON.stringify(badEnum)})]`,
  ) as [ErrorParts, ErrorParts];
  expect(first.code).toBe("STRATEGY_SYNTAX");
  expect(first.message).toContain("broken.ts:2");
  // `npx tsc` fetches a package of another author where TypeScript is not installed.
  expect(first.fix).toContain("npx -p typescript tsc ");
  expect(second.code).toBe("STRATEGY_SYNTAX");
  expect(second.message).toContain("enum");
});

test("an import of what is not there says what to install, to write or to correct", () => {
  file("near-by.ts", "export const rsi14 = 1;");
  const paths = [
    `import { x } from "no-such-package";\nexport default ${body};`,
    `import { rsi14 } from "./near-by";\nexport default ${body};`,
    `import { rsi15 } from "./near-by.ts";\nexport default ${body};`,
    `import { Bars } from "./near-by.ts";\nexport default ${body};`,
  ].map((text, index) => JSON.stringify(file(`imports ${index}.ts`, text)));
  const parts = loadInNode(`await Promise.all([${paths.join(",")}].map(partsOf))`) as ErrorParts[];
  expect(parts.map(({ code }) => code)).toEqual(parts.map(() => "STRATEGY_IMPORT_FAILED"));
  expect(parts.map(({ fix }) => fix)).toEqual([
    expect.stringMatching(/^npm install --prefix \S+ no-such-package /),
    expect.stringContaining('did you mean "./near-by.ts" in that folder?'),
    expect.stringContaining("did you mean rsi14?"),
    expect.stringContaining('import type { Bars } from "./near-by.ts"'),
  ]);
  expect(parts[1]!.message).toMatch(/imports 1\.ts imports .*near-by, which is not there$/);
});

test("loaded fresh, a file and its helpers have no state of an earlier loading", () => {
  file("helper.ts", "export const seen: number[] = [];");
  const counting = `import { seen } from "./helper.ts";\nseen.push(1);\nexport default { ...${body}, onBar: () => seen.length };`;
  const path = JSON.stringify(file("counting.ts", counting));
  const counts = loadInNode(
    `[(await load(${path}, { fresh: true })).onBar(), (await load(${path}, { fresh: true })).onBar()]`,
  );
  expect(counts).toEqual([1, 1]);
});
