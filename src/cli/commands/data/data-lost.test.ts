import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { startFakeBinance } from "../../../../test/fakes/fake-binance.ts";
import { runKiwi, temporaryFolder } from "../../../../test/run-kiwi.ts";
import { systemClock } from "../../../adapters/system-clock.ts";

// What was lost is told by every command until it is fetched again, whatever happens in between.
const { path: folder, remove } = temporaryFolder();
const dayMs = 86_400_000;
const listedMs = Math.floor(Date.now() / dayMs) * dayMs - 40 * dayMs;
const day = (days: number): string => new Date(listedMs + days * dayMs).toISOString().slice(0, 10);
const { host } = await startFakeBinance(systemClock, listedMs);
const answer = host.answer;
afterAll(async () => {
  await host.close();
  remove();
});

const source = ["--source", "binance", "--set", `providers.binance.baseUrl=${host.url}`];
const series = join(folder, ".kiwi", "data", "bars", "BTCUSDT", "1h");

function kiwi(...args: readonly string[]) {
  return runKiwi(folder, ["data", ...args]);
}

/** Twenty days in two files: 479 hours, for the venue has none before its first close. */
async function downloadTwice(): Promise<void> {
  for (const [from, to] of [
    [0, 10],
    [10, 20],
  ] as const)
    await kiwi("download", "BTCUSDT", "-t", "1h", "--from", day(from), "--to", day(to), ...source);
}

type Held = { readonly bars: number; readonly fingerprint: string };
async function held(): Promise<readonly Held[]> {
  return (JSON.parse((await kiwi("list", "--json")).out) as { series: readonly Held[] }).series;
}

function spoilFile(which: "oldest" | "newest"): void {
  const manifest = JSON.parse(readFileSync(join(series, "manifest.json"), "utf8")) as {
    files: readonly { name: string; closeTimeMs: readonly [number, number] }[];
  };
  const sorted = manifest.files.toSorted((a, b) => a.closeTimeMs[0] - b.closeTimeMs[0]);
  const path = join(series, sorted.at(which === "oldest" ? 0 : -1)!.name);
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 4;
  writeFileSync(path, bytes);
}

function isDown(): void {
  host.answer = () => ({ status: 451, body: { code: 0, msg: "Service unavailable" } });
}

let whole: readonly Held[] = [];
beforeEach(async () => {
  host.answer = answer;
  rmSync(join(folder, ".kiwi"), { recursive: true, force: true });
  await downloadTwice();
  whole = await held();
  expect(whole).toMatchObject([{ bars: 479 }]);
});

/** Every command tells it; the list only once one of them has noted it. */
async function expectTold(isNoted = true): Promise<void> {
  const check = await kiwi("check", "BTCUSDT");
  expect([check.code, check.out]).toEqual([5, expect.stringContaining("lost or missed; fetch again")]);
  if (isNoted) expect((await kiwi("list")).err).toContain("known to be missing");
}

async function expectWhole(): Promise<void> {
  expect(await held()).toMatchObject(whole.map(({ bars, fingerprint }) => ({ bars, fingerprint })));
  const check = await kiwi("check", "BTCUSDT");
  expect([check.code, check.out]).toEqual([0, expect.stringContaining("PASS")]);
  expect((await kiwi("repair", "BTCUSDT", ...source)).code).toBe(0);
}

test.each(["oldest", "newest"] as const)(
  "a damaged %s file is set aside while the venue is down: told, never exit 0, and got back by the next repair",
  async (which) => {
    spoilFile(which);
    isDown();
    const down = await kiwi("repair", "BTCUSDT", "-t", "1h", ...source);
    expect([down.code, down.out]).toEqual([6, expect.stringContaining("Binance could not be asked")]);
    expect(down.out).not.toContain("nobody has");
    await expectTold();
    // A second repair knows no more than the first one has written down.
    expect((await kiwi("repair", "BTCUSDT", "-t", "1h", ...source)).code).toBe(6);
    host.answer = answer;
    const up = await kiwi("repair", "BTCUSDT", "-t", "1h", ...source);
    expect([up.code, up.out]).toEqual([0, expect.stringContaining("everything is repaired")]);
    await expectWhole();
  },
);

test.each(["oldest", "newest"] as const)(
  "without a source a damaged %s file leaves what it held missing, and a plain download gets it back",
  async (which) => {
    spoilFile(which);
    expect((await kiwi("repair", "BTCUSDT", "-t", "1h")).code).toBe(5);
    await expectTold();
    await kiwi("download", ...source);
    expect(await held()).toMatchObject([{ bars: expect.any(Number) as number }]);
    const { code } = await kiwi("repair", "BTCUSDT", "-t", "1h", ...source, "--to", day(20));
    expect(code).toBe(0);
    expect((await kiwi("check", "BTCUSDT")).code).toBe(0);
    const { out } = await kiwi("export", "BTCUSDT", "--to", day(20), "--json", "--overwrite");
    expect(JSON.parse(out)).toMatchObject({ ok: true, bars: 479 });
  },
);

test("a series whose files are all damaged is told, and a download without symbols gets it back", async () => {
  spoilFile("oldest");
  spoilFile("newest");
  expect((await kiwi("repair", "BTCUSDT", "-t", "1h")).code).toBe(5);
  expect(await held()).toEqual([]);
  await expectTold();
  const { code } = await kiwi("download", "--to", day(20), ...source);
  expect(code).toBe(0);
  await expectWhole();
});

test("an older backup that is put back is noticed, and what it lacks is fetched again", async () => {
  const bars = join(folder, ".kiwi", "data", "bars");
  const backup = join(folder, "backup");
  cpSync(bars, backup, { recursive: true });
  await kiwi("download", "BTCUSDT", "-t", "1h", "--from", day(20), "--to", day(25), ...source);
  whole = await held();
  rmSync(bars, { recursive: true });
  renameSync(backup, bars);
  await expectTold(false);
  isDown();
  const range = ["--from", day(0), "--to", day(25)];
  expect((await kiwi("download", "BTCUSDT", "-t", "1h", ...range, ...source)).code).toBe(6);
  host.answer = answer;
  await expectTold();
  expect((await kiwi("download", "BTCUSDT", "-t", "1h", ...range, ...source)).code).toBe(0);
  await expectWhole();
});

test("bars that are deleted as a whole are noticed as well", async () => {
  rmSync(join(folder, ".kiwi", "data", "bars"), { recursive: true });
  await expectTold(false);
  expect((await kiwi("repair", "BTCUSDT", "-t", "1h", ...source)).code).toBe(0);
  await expectWhole();
});

test("a source that reaches back only to the newest bars is not believed that there were no others", async () => {
  spoilFile("oldest");
  const untilMs = listedMs + 4 * dayMs;
  host.answer = (request) => {
    const reply = answer(request);
    if (!Array.isArray(reply.body)) return reply;
    return { ...reply, body: (reply.body as (readonly number[])[]).filter(([openMs]) => openMs! >= untilMs) };
  };
  const { code, out } = await kiwi("repair", "BTCUSDT", "-t", "1h", ...source);
  expect([code, out]).toEqual([5, expect.stringMatching(/missing +.*\n.*reaches back[\s\S]*--accept-loss/)]);
  await expectTold();
  const accepted = await kiwi("repair", "BTCUSDT", "-t", "1h", ...source, "--accept-loss");
  expect([accepted.code, accepted.out]).toEqual([0, expect.stringContaining("given up")]);
  expect((await kiwi("check", "BTCUSDT")).code).toBe(0);
});

test("a list of files that is lost takes with it what it named: that is told until a source has been asked", async () => {
  rmSync(join(series, "manifest.json"));
  const { code, out } = await kiwi("repair", "BTCUSDT", "-t", "1h");
  expect([code, out]).toEqual([5, expect.stringContaining("nobody knows which")]);
  expect((await kiwi("check", "BTCUSDT")).code).toBe(5);
  expect((await kiwi("repair", "BTCUSDT", "-t", "1h", ...source)).code).toBe(0);
  await expectWhole();
});
