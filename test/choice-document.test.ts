import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { installKiwiSpecifier } from "../src/app/kiwi-specifier.ts";
import { withPlugins, type AnyPlugin } from "../src/app/registry.ts";
import { runBacktest } from "../src/app/run-backtest.ts";
import { runConfigSchema } from "../src/app/run-config.ts";
import { syntheticBars } from "../src/app/synthetic-source.ts";
import { metaStrategy } from "../src/ports/strategy.ts";
import { buyAndHold } from "../src/strategies/buy-and-hold.ts";
import { smaCross } from "../src/strategies/sma-cross.ts";
import { runKiwi, temporaryFolder } from "./run-kiwi.ts";

// What the page on choosing a strategy shows is saved as it stands there, and run.

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

const page = readFileSync(
  join(import.meta.dirname, "..", "docs", "concepts", "choosing-a-strategy.md"),
  "utf8",
);
const [choice, selector] = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map((block) => block[1]!);
const market = ["--data", "synthetic:bars=3000", "--report", "none", "--json"];

test("the meta-strategy of the page runs as it is written", async () => {
  writeFileSync(join(folder, "my-choice.ts"), choice!);
  const { code, out, err } = await runKiwi(folder, ["backtest", "./my-choice.ts", ...market]);
  expect([code, err]).toEqual([0, ""]);
  expect(JSON.parse(out)).toMatchObject({ ok: true, strategy: { name: "my-choice" } });
  expect(out).toContain("follow-slow");
});

test("the selector of the page chooses once a plan names it", async () => {
  writeFileSync(join(folder, "calmest.ts"), selector!);
  installKiwiSpecifier();
  const url = pathToFileURL(join(folder, "calmest.ts")).href;
  const own = (await import(/* @vite-ignore */ url)) as { readonly default: AnyPlugin };
  const strategy = metaStrategy({
    name: "calm-choice",
    summary: "",
    params: {},
    plan: () => ({
      arsenal: [{ strategy: buyAndHold }, { strategy: smaCross }],
      regime: { use: "bull-bear" },
      selector: { use: "calmest" },
      windowBars: 200,
      measuredBarsMin: 100,
    }),
  });
  const { session } = withPlugins([own.default], () =>
    runBacktest({
      bars: syntheticBars("synthetic:bars=2000", 7),
      strategy,
      params: {},
      config: runConfigSchema.parse({}),
    }),
  );
  const { switches } = session.pipeline.arsenal!.runners[0]!.log;
  expect(switches.length).toBeGreaterThan(1);
  for (const { reason } of switches) expect(reason).toMatch(/^fell least: /);
});
