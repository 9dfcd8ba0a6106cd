import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { runConfigSchema } from "../run-config.ts";
import { checkLookahead, checkRepro, checkWarmup } from "./run-checks.ts";

const folder = mkdtempSync(join(tmpdir(), "kiwi-checks-"));
afterAll(() => rmSync(folder, { recursive: true }));

const bars = syntheticMarket({
  seed: 9,
  symbols: 1,
  timeframe: "1h",
  bars: 1_200,
  startMs: Date.UTC(2024, 0, 1),
}).bars;
const rest = { params: {}, bars, config: runConfigSchema.parse({}) };

/** A strategy file whose onBar has this body. */
function file(name: string, onBar: string): { readonly file: string } {
  const path = join(folder, `${name}.ts`);
  const field = `{ key: "close", frame: "", node: { kind: "field", field: "close" } }`;
  const head = `kind: "strategy", name: "${name}", summary: "", params: {}, setup: () => ({ close: ${field} })`;
  writeFileSync(path, `export default { ${head}, onBar({ timeMs, target, series }: any) { ${onBar} } };`);
  return { file: path };
}

test("a built-in strategy passes all three checks, each in a process of its own", async () => {
  const request = { ...rest, strategy: { name: "sma-cross" } };
  const results = await Promise.all([checkLookahead(request), checkWarmup(request), checkRepro(request)]);
  expect(results.map(({ id, pass, findings }) => ({ id, pass, findings }))).toEqual([
    { id: "lookahead", pass: true, findings: [] },
    { id: "warmup", pass: true, findings: [] },
    { id: "repro", pass: true, findings: [] },
  ]);
  expect(new Set(results[2].runs.map(({ decisionsHash }) => decisionsHash)).size).toBe(1);
});

test("only the newest bars are looked at when there are more than asked for, and the result says so", async () => {
  const result = await checkLookahead({ ...rest, strategy: { name: "buy-and-hold" }, barsMax: 500 });
  expect([result.barsGiven, result.barsCompared]).toEqual([1_200, 500]);
  expect(result.notes.join()).toContain("only the newest 500 bars");
});

test("decisions by chance are not reproduced, and the first one that differs is named", async () => {
  const strategy = file("dice", "target(Math.random() < 0.5 ? 1 : 0, 'dice');");
  const { pass, findings, runs } = await checkRepro({ ...rest, strategy });
  expect(pass).toBe(false);
  expect(findings[0]).toMatchObject({ kind: "repro", culprit: "signal", symbol: "SYN1" });
  expect(runs[0]!.decisionsHash).not.toBe(runs[1]!.decisionsHash);
});

test("decisions by local time are reproduced here and not in another time zone", async () => {
  const strategy = file("local", "target(new Date(timeMs).getHours() < 12 ? 1 : 0, 'morning');");
  const { findings, runs } = await checkRepro({ ...rest, strategy });
  expect(runs[0]!.decisionsHash).toBe(runs[1]!.decisionsHash);
  expect(findings.length).toBe(1);
  expect(findings[0]!.sentence).toContain("another process in");
});

test("a strategy that ends the process ends only the check", async () => {
  const strategy = file("quitter", "process.exit(0);");
  await expect(checkLookahead({ ...rest, strategy })).rejects.toThrow("CHECK_PROCESS_ENDED");
});

test("what loading the file throws comes back as it is", async () => {
  const strategy = { file: join(folder, "missing.ts") };
  await expect(checkWarmup({ ...rest, strategy })).rejects.toMatchObject({
    parts: { code: "STRATEGY_FILE_NOT_FOUND" },
  });
});
