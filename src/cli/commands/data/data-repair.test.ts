import { execFileSync } from "node:child_process";
import { lstatSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runKiwi, temporaryFolder } from "../../../../test/run-kiwi.ts";

// The made-up market stands in for a venue: it needs no network, and always has the same bars.
const { path: folder, remove } = temporaryFolder();
afterAll(remove);

function kiwi(...args: readonly string[]) {
  return runKiwi(folder, args);
}
const source = ["--source", "synthetic"];
const file = join(folder, "SYN1-1h.csv");

type Held = { readonly bars: number; readonly missingBars: number; readonly fingerprint: string };
async function held(...more: readonly string[]): Promise<Held> {
  const { out } = await kiwi("data", "list", "--json", ...more);
  return (JSON.parse(out) as { series: readonly Held[] }).series[0]!;
}

await kiwi("data", "download", "SYN1", "-t", "1h", ...source, "--from", "2022-01-01", "--to", "2022-06-01");
const whole = await held();

test("a damaged file is set aside, and its bars are fetched again", async () => {
  const series = join(folder, ".kiwi", "data", "bars", "SYN1", "1h");
  const { files } = JSON.parse(readFileSync(join(series, "manifest.json"), "utf8")) as {
    files: readonly { name: string }[];
  };
  const path = join(series, files[0]!.name);
  writeFileSync(path, readFileSync(path).subarray(0, 500));
  expect((await kiwi("data", "check", "SYN1")).code).toBe(5);
  const { code, out, err } = await kiwi("data", "repair", "SYN1", "-t", "1h", ...source);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/set aside .*bytes instead of[\s\S]*from synthetic[\s\S]*everything is repaired/);
  const { bars, fingerprint } = whole;
  expect(await held()).toMatchObject({ bars, fingerprint, missingBars: 0 });
});

test("gaps are filled by the source, and without one they stay and that is said", async () => {
  const elsewhere = ["--data-folder", "gappy"];
  await kiwi("data", "export", "SYN1", "-t", "1h", "--to-file", file);
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  writeFileSync(file, lines.filter((_, index) => index < 500 || index >= 510).join("\n"));
  await kiwi("data", "import", file, ...elsewhere);
  expect(await held(...elsewhere)).toMatchObject({ missingBars: 10 });
  const none = await kiwi("data", "repair", "SYN1", ...elsewhere);
  expect(none.out).toContain("no source was named");
  const refused = await kiwi("data", "repair", "SYN1", ...elsewhere, ...source);
  expect(refused.err).toContain("SOURCE_DIFFERS  SYN1 1h is held from csv");
  const { out } = await kiwi("data", "repair", "SYN1", ...elsewhere, ...source, "--mix", "--json");
  expect(JSON.parse(out)).toMatchObject({
    schema: "data-repair@1",
    ok: true,
    bars: {
      ranges: [{ fault: "gap", bars: 10, remaining: 0, repairedBy: [{ provider: "synthetic", bars: 10 }] }],
    },
  });
  expect(await held(...elsewhere)).toMatchObject({ missingBars: 0, fingerprint: whole.fingerprint });
});

test("made-up bars that were downloaded are still marked as made up", async () => {
  const { out } = await kiwi("backtest", "sma-cross", "-p", "SYN1", "-t", "4h", "--report", "none", "--json");
  expect(JSON.parse(out)).toMatchObject({ ok: true, dataKind: "synthetic" });
});

test("longer made-up bars are made of the shorter ones, and the check sees that", async () => {
  await kiwi(
    "data",
    "download",
    "SYN1",
    "-t",
    "4h,1d",
    ...source,
    "--from",
    "2022-01-01",
    "--to",
    "2022-03-01",
  );
  const { code, out } = await kiwi("data", "check", "--json");
  expect([code, JSON.parse(out)]).toMatchObject([
    0,
    {
      held: {
        comparisons: [
          { coarse: "4h", fine: "1h", disagreements: [] },
          { coarse: "1d", fine: "4h", disagreements: [] },
        ],
      },
    },
  ]);
});

test("an export writes regular files only, and leaves a link a link", async () => {
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const refused = await kiwi("data", "export", "SYN1", "-t", "1d", "--to-file", pipe, "--overwrite");
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("FILE_IRREGULAR")]);
  expect(statSync(pipe).isFIFO()).toBe(true);
  const [target, link] = [join(folder, "target.csv"), join(folder, "link.csv")];
  writeFileSync(target, "old");
  symlinkSync(target, link);
  await kiwi("data", "export", "SYN1", "-t", "1d", "--to-file", link, "--overwrite");
  expect([lstatSync(link).isSymbolicLink(), readFileSync(target, "utf8")]).toEqual([
    true,
    expect.stringMatching(/^close_time,/),
  ]);
});

test("what is held is compacted, and stays the same", async () => {
  const before = await held();
  expect((await kiwi("data", "compact", "--json")).out).toContain("data-compact@1");
  expect(await held()).toMatchObject({ fingerprint: before.fingerprint, bars: before.bars });
});
