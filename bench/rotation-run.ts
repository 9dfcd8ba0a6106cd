import { join } from "node:path";
import { kiwiConfigSchema } from "../src/app/config/config-schema.ts";
import { findStrategy } from "../src/app/plugins/find-strategy.ts";
import { finishRun } from "../src/app/runs/finish-run.ts";
import { prepareRun } from "../src/app/runs/prepare-run.ts";
import { renderTerminal } from "../src/analysis/report/terminal/render-terminal.ts";
import { htmlOf } from "../src/app/jobs/store-run.ts";

const root = join(import.meta.dirname, "..");

/** Reads a folder, rotates monthly into the 50 strongest symbols and writes the report: seconds from nothing to all of it. */
export async function timeRotation(folder: string): Promise<number> {
  const startMs = performance.now();
  const config = kiwiConfigSchema.parse({ data: [folder] });
  const strategy = join(root, "examples", "momentum-rotation.ts");
  const request = { folder: root, strategy, params: { top: 50 }, config, nowMs: Date.UTC(2026, 0, 1) };
  const prepared = await prepareRun(request, await findStrategy(root, strategy));
  const finished = finishRun(prepared, {
    runId: "bench",
    command: "bench",
    countTrials: () => ({ count: 1, warnings: [] }),
    startedMs: startMs,
    nowMs: () => performance.now(),
    onStage: () => {},
  });
  if (finished.result.trades.length < 100) throw new Error("a rotation that trades was meant");
  renderTerminal(finished.input, { width: 100, color: false });
  await htmlOf(finished);
  return (performance.now() - startMs) / 1_000;
}
