import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runKiwi, temporaryFolder } from "../../test/run-kiwi.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

type Document = {
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly conditions: Readonly<Record<string, number | null>>;
  readonly validation: {
    readonly combinatorial: { readonly splits: readonly object[]; readonly paths: readonly number[] } | null;
    readonly walkForward: object | null;
    readonly costs: readonly { readonly name: string; readonly totalReturn: number }[];
    readonly delays: readonly { readonly name: string; readonly totalReturn: number }[];
    readonly permutation: object | null;
  };
  readonly neighbours: readonly { readonly name: string; readonly value: number }[];
  readonly artifacts: Readonly<Record<string, string>>;
  readonly findings: readonly string[];
  readonly verdict: string;
  readonly level: string;
};

async function validate(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly document: Document; readonly err: string }> {
  const { code, out, err } = await runKiwi(folder, ["validate", ...args, "--json"]);
  return { code, document: JSON.parse(out) as Document, err };
}

const small = ["--data", "synthetic:symbols=1,bars=4000", "--trials", "30"];

test("a validation runs every test, is the same for any number of threads, and fails a build that asks", async () => {
  const args = ["sma-cross", ...small, "--fail-if", "dsr<0.95", "--fail-if", "pbo>0.99"];
  const one = await validate(...args, "--jobs", "1");
  expect(one.code).toBe(5);
  expect(one.err).toContain("failed  dsr<0.95");
  expect(one.err).not.toContain("failed  pbo>0.99");
  const two = await validate(...args, "--jobs", "2");
  const numbers = ({ validation, conditions, neighbours }: Document) => ({
    validation,
    conditions,
    neighbours,
  });
  expect(numbers(two.document)).toEqual(numbers(one.document));
  const { validation, conditions, metrics, neighbours, artifacts } = one.document;
  expect(Object.values(conditions).every((value) => value !== null)).toBe(true);
  expect([validation.combinatorial!.splits.length, validation.combinatorial!.paths.length]).toEqual([
    126, 70,
  ]);
  expect(validation.costs.find(({ name }) => name === "1x")!.totalReturn).toBe(metrics["totalReturn"]);
  const [half, , double, four] = validation.costs.map(({ totalReturn }) => totalReturn);
  expect(half! > double! && double! > four!).toBe(true);
  expect(validation.delays.map(({ name }) => name)).toEqual(["0 bars", "1 bar", "2 bars"]);
  // 10 and 30 with steps of 1 and 5.
  expect(neighbours.map(({ name, value }) => [name, value])).toEqual([
    ["fast", 9],
    ["fast", 11],
    ["slow", 25],
    ["slow", 35],
  ]);
  for (const path of Object.values(artifacts)) expect(existsSync(join(folder, path))).toBe(true);
  const page = readFileSync(join(folder, artifacts["html"]!), "utf8");
  expect(page).toContain("SYNTHETIC DATA");
  for (const id of ["figure-scatter", "figure-overfitting", "figure-fan"])
    expect(page).toContain(`id="${id}"`);
  expect(page).not.toMatch(/<script|https?:\/\//);
}, 120_000);

test("what a small sample cannot tell is N/A, and a build that asks for it fails", async () => {
  const { code, document, err } = await validate(
    "sma-cross",
    "--data",
    "synthetic:symbols=1,bars=300",
    "--trials",
    "10",
    "--fail-if",
    "pbo>0.9",
  );
  expect(document.conditions["pbo"]).toBeNull();
  expect(document.validation.walkForward).toBeNull();
  expect(code).toBe(5);
  expect(err).toContain("pbo>0.9: it is not available");
}, 60_000);

test.each([
  ["has no parameters", "{}", []],
  ["is given all of them", '{ fast: int(1, { min: 1, max: 9 }, "f") }', ["--param", "fast=1"]],
])(
  "a strategy that %s is validated without others around it",
  async (_, params, given) => {
    const file = `plain-${given.length}.ts`;
    writeFileSync(
      join(folder, file),
      `import { int, strategy } from "kiwi";
export default strategy({ name: "plain", summary: "s", params: ${params}, setup: ({ bars }) => ({ close: bars.close }),
  onBar({ series, target }) { target(series.close.now > series.close.prev ? 1 : 0, "up"); } });\n`,
    );
    const { code, document } = await validate(
      `./${file}`,
      ...given,
      "--data",
      "synthetic:symbols=1,bars=1500",
    );
    expect(code).toBe(0);
    expect(document.conditions["pbo"]).toBeNull();
    expect(document.conditions["permutationP"]).not.toBeNull();
  },
  60_000,
);

test.each([
  ["makes its holding larger and smaller is judged by its returns", 0.1, /^It lost money|^Not proven/],
  ["buys once and holds is not judged", 0, /nothing can be said/],
])(
  "a strategy that never closes and %s",
  async (_, swing, verdict) => {
    const file = `holds-${swing}.ts`;
    writeFileSync(
      join(folder, file),
      `import { strategy } from "kiwi";
export default strategy({ name: "holds", summary: "s", params: {}, setup: ({ bars }) => ({ close: bars.close }),
  onBar({ series, target }) { target(0.5 + ${swing} * Math.sign(Math.sin(series.close.now * 50)), "more or less"); } });\n`,
    );
    const { document } = await validate(`./${file}`, "--data", "synthetic:symbols=1,bars=400");
    expect(document.metrics["trades"]).toBe(0);
    expect(document.verdict).toMatch(verdict);
    const isJudged = document.findings.some((text) =>
      text.startsWith("No position was closed as a whole in"),
    );
    expect(isJudged).toBe(swing > 0);
    expect(document.findings.join()).not.toContain("Only 0");
    if (swing === 0) expect(document.level).toBe("open");
  },
  60_000,
);

test("a condition that nobody knows is refused with the nearest", async () => {
  const { out } = await runKiwi(folder, ["validate", "sma-cross", ...small, "--fail-if", "pb0<1", "--json"]);
  expect(JSON.parse(out)).toMatchObject({ error: { code: "FAIL_IF_INVALID" } });
});
