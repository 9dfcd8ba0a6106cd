import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
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
  writeFileSync(
    join(folder, "calm-choice.ts"),
    choice!.replace(/selector: \{[^}]*\}/, 'selector: { use: "calmest" }'),
  );
  const own = ["--plugin", "calmest.ts"];
  const { code, out, err } = await runKiwi(folder, ["backtest", "./calm-choice.ts", ...market, ...own]);
  expect([code, err]).toEqual([0, ""]);
  const { selection } = JSON.parse(out) as { selection: { switches: readonly { reason: string }[] } };
  expect(selection.switches.length).toBeGreaterThan(1);
  for (const { reason } of selection.switches) expect(reason).toMatch(/^fell least: /);
});
