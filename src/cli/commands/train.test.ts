import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runKiwi, temporaryFolder } from "../../../test/run-kiwi.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

const market = "synthetic:bars=1200";
const quick = ["--seed", "7", "--states", "2", "--restarts", "2", "--block", "6"];
const name = "regime-SYN1-1h";

function kiwi(...args: readonly string[]) {
  return runKiwi(folder, args);
}

type Trained = {
  readonly ok: boolean;
  readonly models: readonly {
    readonly name: string;
    readonly version: number;
    readonly isPromoted: boolean;
    readonly lastRegimes: readonly string[];
    readonly model: { readonly artifact: { readonly trainedThroughMs: number } };
    readonly error?: { readonly code: string };
  }[];
};

test("training, listing, showing, going back and forth", async () => {
  const first = await kiwi("train", "regime", "--data", market, ...quick, "--to", "2022-02-01", "--json");
  expect([first.code, first.err]).toEqual([0, ""]);
  const { models } = JSON.parse(first.out) as Trained;
  expect(models).toMatchObject([{ name, version: 1, isPromoted: true }]);
  expect(models[0]!.model.artifact.trainedThroughMs).toBe(Date.UTC(2022, 1, 1));
  expect(models[0]!.lastRegimes).toHaveLength(60);
  expect(existsSync(join(folder, ".kiwi", "models", name, "1.json"))).toBe(true);

  const second = await kiwi("train", "regime", "--data", market, ...quick, "--states", "2-3", "--jobs", "2");
  expect(second.out).toMatch(
    /version 2 [\s\S]*judged .*version 1[\s\S]*state +label[\s\S]*BIC[\s\S]*attempt[\s\S]*last 60 bars/,
  );
  expect(second.out).toContain("SYNTHETIC");
  await kiwi("model", "promote", name, "2");

  const list = await kiwi("model", "list", name);
  expect(list.out).toMatch(
    /regime-SYN1-1h +1 +SYN1 1h SYNTHETIC +2022-02-01 +2 states +[0-9a-f]{12}\n.* 2 +in use/,
  );
  expect((await kiwi("model", "rollback", name)).out).toBe(
    `${name}: version 1 is in use again, in place of 2`,
  );
  expect((await kiwi("model", "show", name)).out).toContain("version 1, in use; trained 20");
  expect((await kiwi("model", "show", `${name}@2`)).out).toContain("version 1 is in use");
  expect((await kiwi("model", "promote", name, "2")).out).toBe(`${name}: version 2 is in use in place of 1`);
  const json = JSON.parse((await kiwi("model", "list", "--json")).out) as object;
  expect(json).toMatchObject({
    schema: "model-list@1",
    models: [{ name, inUse: 2, versions: [{ version: 1 }, { version: 2 }] }],
  });
});

test("a model that is not due is left alone", async () => {
  const args = ["train", "regime", "--data", market, ...quick, "--if-due"];
  const { code, out } = await kiwi(...args, "30d");
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/^regime-SYN1-1h: nothing to do; version 2 is due on 2022-/),
  ]);
  expect((await kiwi(...args, "soon", "--json")).out).toContain("TIMEFRAME_UNKNOWN");
});

test("one symbol that cannot be trained does not keep the others from it", async () => {
  const rows = Array.from({ length: 900 }, (_, k) => {
    const time = new Date(Date.UTC(2022, 0, 1) + k * 3_600_000).toISOString();
    return `${time},100,100,100,100,1`;
  });
  writeFileSync(join(folder, "FLAT-1h.csv"), ["time,open,high,low,close,volume", ...rows].join("\n"));
  const { code, out } = await kiwi(
    "train",
    "regime",
    "--data",
    market,
    "--data",
    "FLAT-1h.csv",
    ...quick,
    "--json",
  );
  const { ok, models } = JSON.parse(out) as Trained;
  expect([code, ok]).toEqual([4, false]);
  expect(models.map((model) => model.error?.code ?? model.name)).toEqual(["MODEL_UNTRAINABLE", name]);
  const alone = await kiwi("train", "regime", "--data", "FLAT-1h.csv", ...quick);
  expect([alone.code, alone.err]).toEqual([
    4,
    expect.stringMatching(/MODEL_UNTRAINABLE[\s\S]*why[\s\S]*fix[\s\S]*kiwi help models/),
  ]);
});

test("a meta-strategy uses the model by its name, and only on what it has not seen", async () => {
  const at = (path: string) => JSON.stringify(join(import.meta.dirname, "..", "..", path));
  writeFileSync(
    join(folder, "mine.ts"),
    `import { metaStrategy } from ${at("ports/strategy.ts")};
import { buyAndHold } from ${at("strategies/buy-and-hold.ts")};
import { smaCross } from ${at("strategies/sma-cross.ts")};
export default metaStrategy({ name: "mine", summary: "Mine.", params: {}, plan: () => ({
  arsenal: [{ strategy: buyAndHold }, { strategy: smaCross }],
  regime: { use: "hmm-model", model: "${name}@1" }, selector: { use: "equal-weight" },
  windowBars: 50, measuredBarsMin: 20,
}) });
`,
  );
  const run = ["backtest", "./mine.ts", "--data", market, "--seed", "7", "--report", "none", "--json"];
  const early = await kiwi(...run);
  expect([early.code, early.out]).toEqual([4, expect.stringContaining("MODEL_FROM_THE_FUTURE")]);
  const late = await kiwi(...run, "--from", "2022-02-02");
  expect([late.code, late.out]).toEqual([0, expect.stringContaining('"ok":true')]);
});

test.each([
  [["train", "regime", "--data", market, "--states", "0"], "FLAG_INVALID"],
  [["train", "regime", "--data", market, "--states", "5-2"], "FLAG_INVALID"],
  [["train", "regime", "--data", market, "--restarts", "1.5"], "FLAG_INVALID"],
  [["train", "regime", "--data", market, "--block", "1"], "FLAG_INVALID"],
  [["train", "regime", "--data", "synthetic:symbols=2,bars=500", "--name", "both"], "MODEL_ONE_SYMBOL"],
  [["train", "regime"], "DATA_NONE"],
  [["train", "regime", "--data", market, "--from", "2030-01-01"], "DATA_MISSING"],
  [["train", "regime", "--data", market, "--detail", "1m"], "FLAG_UNKNOWN"],
  [["model", "show", "regime-SYN2-1h"], "MODEL_UNKNOWN"],
  [["model", "promote", name, "two"], "FLAG_INVALID"],
  [["model", "promote", name, "99"], "MODEL_UNKNOWN"],
  [["model", "list", "../runs"], "MODEL_NAME_INVALID"],
] as const)("%j is refused with %s", async (args, code) => {
  const { out } = await kiwi(...args, "--json");
  expect(JSON.parse(out)).toMatchObject({ ok: false, error: { code } });
});
