import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { compareRuns } from "../../analysis/checks/repro.ts";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { runConfigSchema } from "../config/run-config.ts";
import { openPool } from "../../jobs/open-pool.ts";
import type { CheckResults } from "./check-order.ts";
import { checkJob, checkLookahead, checkRepro, checkWarmup } from "./run-checks.ts";

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
  const results = await Promise.all([
    checkLookahead({ ...request, barsMax: 500 }),
    checkWarmup(request),
    checkRepro(request),
  ]);
  expect(results.map(({ id, pass, findings }) => ({ id, pass, findings }))).toEqual([
    { id: "lookahead", pass: true, findings: [] },
    { id: "warmup", pass: true, findings: [] },
    { id: "repro", pass: true, findings: [] },
  ]);
  expect(new Set(results[2].runs.map(({ decisionsHash }) => decisionsHash)).size).toBe(1);
  // The first was asked to look at fewer bars than there are, and says so.
  expect(results.map(({ barsGiven, barsCompared }) => [barsGiven, barsCompared])).toEqual([
    [1_200, 500],
    [1_200, 1_200],
    [1_200, 1_200],
  ]);
  expect(results[0].notes.join()).toContain("only the newest 500 bars");
});

test("a plug-in of one's own is run and watched like the strategy", async () => {
  const path = join(folder, "moody-sizer.ts");
  const create = `create: () => ({ weigh: (signal: any) => signal.weight * (0.5 + Math.random() / 2) })`;
  writeFileSync(
    path,
    `export default { kind: "sizer", name: "moody", summary: "", options: {}, ${create} };`,
  );
  const config = runConfigSchema.parse({ sizing: { use: "moody" } });
  const request = { ...rest, config, strategy: { name: "sma-cross" }, plugins: [path] };
  const { findings } = await checkLookahead(request);
  expect(findings.length).toBe(1);
  expect(findings[0]).toMatchObject({ kind: "access", shown: "calls Math.random" });
  expect(findings[0]!.culprit).toContain("moody-sizer.ts");
});

test("decisions by local time are reproduced here and not in another time zone", async () => {
  const strategy = file("local", "target(new Date(timeMs).getHours() < 12 ? 1 : 0, 'morning');");
  const { findings, runs } = await checkRepro({ ...rest, strategy });
  expect(runs[0]!.decisionsHash).toBe(runs[1]!.decisionsHash);
  expect(findings.length).toBe(1);
  expect(findings[0]!.sentence).toContain("another process in");
});

test("decisions by chance differ at once; a file that is missing is refused; a strategy that exits ends only the check", async () => {
  const dice = file("dice", "target(Math.random() < 0.5 ? 1 : 0, 'dice');");
  const quitter = file("quitter", "process.exit(0);");
  const missing = { file: join(folder, "missing.ts") };
  const pool = openPool("process", 1, { environment: {} });
  const order = { check: "traces", request: { ...rest, strategy: dice } } as const;
  const { traces } = (await pool.perform(checkJob, order)) as CheckResults["traces"];
  await pool.close();
  const runs = traces.map((trace, k) => ({ where: `run ${k}`, trace }));
  const { findings } = compareRuns(runs, "dice", 1_200);
  expect(findings[0]).toMatchObject({ kind: "repro", culprit: "signal", symbol: "SYN1" });
  await expect(checkWarmup({ ...rest, strategy: missing })).rejects.toThrow("STRATEGY_FILE_NOT_FOUND");
  await expect(checkLookahead({ ...rest, strategy: quitter })).rejects.toThrow("CHECK_PROCESS_ENDED");
});

test("a strategy that hangs only when it is checked is stopped, with the bar named", async () => {
  const strategy = file("hangs", `if (timeMs > ${Date.UTC(2024, 0, 3)}) for (;;);`);
  const request = { ...rest, strategy, stuckAfterSeconds: 0.5 };
  await expect(checkWarmup(request)).rejects.toMatchObject({
    parts: { code: "CHECK_PROCESS_ENDED", message: expect.stringContaining("closes 2024-01-03T01:00") },
  });
});
