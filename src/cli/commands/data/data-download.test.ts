import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { startFakeBinance } from "../../../../test/fakes/fake-binance.ts";
import { runKiwi, temporaryFolder } from "../../../../test/run-kiwi.ts";
import { systemClock } from "../../../adapters/system-clock.ts";

const { path: folder, remove } = temporaryFolder();
const dayMs = 86_400_000;
const hourMs = 3_600_000;
const listedMs = Math.floor(Date.now() / dayMs) * dayMs - 40 * dayMs;
const binance = await startFakeBinance(systemClock, listedMs);
afterAll(async () => {
  await binance.host.close();
  remove();
});

const day = (daysAfterListing: number): string =>
  new Date(listedMs + daysAfterListing * dayMs).toISOString().slice(0, 10);
const host = ["--set", `providers.binance.baseUrl=${binance.host.url}`];

function kiwi(...args: readonly string[]) {
  return runKiwi(folder, args);
}

function download(...args: readonly string[]) {
  return kiwi("data", "download", "--source", "binance", ...host, ...args);
}

/** How often bars were asked for. */
function asked(): number {
  return binance.host.requests.filter(({ path }) => path === "/api/v3/klines").length;
}

type Series = {
  readonly symbol: string;
  readonly timeframe: string;
  readonly added: number;
  readonly unchanged: number;
  readonly bars: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly missingBars: number;
  readonly fingerprint: string;
  readonly sources: readonly { readonly source: string }[];
  readonly error: { readonly code: string; readonly fix: string } | null;
};
function seriesIn(out: string): readonly Series[] {
  return (JSON.parse(out) as { series: readonly Series[] }).series;
}

test("bars are downloaded once, listed, and a second time nothing is asked for", async () => {
  const args = ["BTCUSDT", "ETHUSDT", "-t", "1h,1d", "--from", day(0), "--to", day(20), "--json"];
  const first = await download(...args);
  expect([first.code, first.err]).toEqual([0, ""]);
  expect(JSON.parse(first.out)).toMatchObject({ schema: "data-download@1", ok: true, source: "Binance" });
  // Twenty days of hours less the close at the end itself, which is not part of the range.
  expect(seriesIn(first.out).map(({ symbol, timeframe, added }) => [symbol, timeframe, added])).toEqual([
    ["BTCUSDT", "1h", 479],
    ["BTCUSDT", "1d", 19],
    ["ETHUSDT", "1h", 479],
    ["ETHUSDT", "1d", 19],
  ]);
  const before = asked();
  const again = await download(...args);
  expect(asked()).toBe(before);
  expect(seriesIn(again.out).map(({ added }) => added)).toEqual([0, 0, 0, 0]);
  const list = await kiwi("data", "list", "--json");
  expect(JSON.parse(list.out)).toMatchObject({ schema: "data-list@1", ok: true });
  expect(seriesIn(list.out)[1]).toMatchObject({
    symbol: "BTCUSDT",
    timeframe: "1h",
    bars: 479,
    missingBars: 0,
    fromMs: listedMs + hourMs,
    sources: [{ source: "Binance" }],
  });
  expect((await kiwi("list-data")).out).toMatch(/BTCUSDT +1h .* 479 +0 +0 +Binance/);
});

test("without symbols everything held is brought up to date, without a hole", async () => {
  const { code, out } = await download("--json");
  expect(code).toBe(0);
  expect(seriesIn(out)).toHaveLength(4);
  const hours = seriesIn((await kiwi("data", "list", "--json")).out).find(
    ({ timeframe }) => timeframe === "1h",
  )!;
  expect(hours.missingBars).toBe(0);
  expect(Date.now() - hours.toMs).toBeLessThan(hourMs + 10_000);
});

test("a backtest reads what is held, says where it came from, and can be repeated", async () => {
  const args = ["backtest", "sma-cross", "-p", "BTC/USDT", "-t", "1h", "--report", "none", "--no-benchmark"];
  const { code, out, err } = await kiwi(...args, "--json");
  expect([code, err]).toEqual([0, ""]);
  const { artifacts, sources } = JSON.parse(out) as {
    artifacts: { manifest: string };
    sources: readonly { name: string }[];
  };
  expect(sources[0]!.name).toBe(".kiwi/data (Binance)");
  const manifest = JSON.parse(readFileSync(join(folder, artifacts.manifest), "utf8")) as {
    sources: readonly { sha256: string; stored: object }[];
  };
  const held = seriesIn((await kiwi("data", "list", "--json")).out).find(
    ({ symbol, timeframe }) => symbol === "BTCUSDT" && timeframe === "1h",
  )!;
  expect(manifest.sources[0]).toMatchObject({
    path: ".kiwi/data",
    sha256: held.fingerprint,
    stored: { sources: [{ source: "Binance", bars: held.bars }], revised: 0, filled: 0 },
  });
  expect((await kiwi("report", "last", "--format", "json", "--out", "again")).err).not.toContain(
    "data have changed",
  );
  const named = await kiwi(
    ...args.map((arg) => (arg === "-p" ? "--data=.kiwi/data" : arg)).filter((arg) => arg !== "BTC/USDT"),
    "--json",
  );
  // Two symbols are held, and both are taken where none is named.
  expect(JSON.parse(named.out)).toMatchObject({
    ok: true,
    sources: [{ symbol: "BTCUSDT" }, { symbol: "ETHUSDT" }],
  });
});

test("finer bars to fill on come from the same folder", async () => {
  const args = ["-p", "BTCUSDT", "-t", "1d", "--detail", "1h", "--param", "slow=20", "--report", "none"];
  // The fake venue makes up each timeframe by itself: that they are compared shows that both were read.
  const { code, err } = await kiwi("backtest", "sma-cross", ...args);
  expect([code, err]).toEqual([
    4,
    expect.stringMatching(/DETAIL_DISAGREES.*in the 1d bars.*in the 1h bars added up/),
  ]);
});

test("as of a time before anything arrived there is nothing", async () => {
  const { code, err } = await kiwi(
    "backtest",
    "sma-cross",
    "-p",
    "BTCUSDT",
    "-t",
    "1h",
    "--as-of",
    "2024-01-01",
  );
  expect([code, err]).toEqual([
    4,
    expect.stringContaining("DATA_MISSING  no bars of BTCUSDT 1h had arrived by 2024-01-01"),
  ]);
  const file = await kiwi("backtest", "sma-cross", "--data", "synthetic", "--as-of", "2024-01-01");
  expect(file.err).toContain("AS_OF_IMPOSSIBLE");
});

test("what is exported is imported again as the same bars, packed or not", async () => {
  for (const name of ["btc.csv", "btc.csv.gz"]) {
    const made = await kiwi("data", "export", "BTCUSDT", "-t", "1h", "--to-file", name, "--json");
    expect(JSON.parse(made.out)).toMatchObject({ schema: "data-export@1", ok: true, symbol: "BTCUSDT" });
    const elsewhere = ["--data-folder", `again-${name}`];
    const back = await kiwi("data", "import", name, "--symbol", "BTCUSDT", ...elsewhere, "--json");
    expect(JSON.parse(back.out)).toMatchObject({
      schema: "data-import@1",
      files: [{ timeframe: "1h", quarantined: 0 }],
    });
    const [one] = seriesIn((await kiwi("data", "list", "--json", ...elsewhere)).out);
    const held = seriesIn((await kiwi("data", "list", "--json")).out).find(
      ({ symbol, timeframe }) => symbol === "BTCUSDT" && timeframe === "1h",
    )!;
    expect(one!.fingerprint).toBe(held.fingerprint);
  }
  expect(gunzipSync(readFileSync(join(folder, "btc.csv.gz")))).toEqual(readFileSync(join(folder, "btc.csv")));
  expect((await kiwi("data", "export", "BTCUSDT", "-t", "1h", "--to-file", "btc.csv")).err).toContain(
    "FILE_EXISTS",
  );
});

test("what the venue revised is a new version, and a run that is repeated still reads the old one", async () => {
  const { host } = binance;
  const answer = host.answer;
  const before = JSON.parse(
    (
      await kiwi(
        "backtest",
        "sma-cross",
        "-p",
        "BTCUSDT",
        "-t",
        "1d",
        "--param",
        "slow=20",
        "--report",
        "none",
        "--json",
      )
    ).out,
  ) as { runId: string };
  host.answer = (request) => {
    const reply = answer(request);
    if (request.path !== "/api/v3/klines") return reply;
    const rows = reply.body as unknown[][];
    // Only the volume of one day is another.
    return {
      ...reply,
      body: rows.map((row) => (row[0] === listedMs + 3 * dayMs ? row.with(5, "77.000") : row)),
    };
  };
  const refreshed = await download("BTCUSDT", "-t", "1d", "--from", day(0), "--refresh", "--json");
  host.answer = answer;
  expect(JSON.parse(refreshed.out)).toMatchObject({ series: [{ revised: 1, added: 0 }] });
  expect((await kiwi("data", "list")).out).toMatch(/BTCUSDT +1d .* 1 +Binance/);
  const { code, err } = await kiwi("report", before.runId, "--format", "json", "--out", "repeated");
  // Whether Kiwi's own code is the same is left out: somebody may be editing it while this runs.
  expect([code, /the data have changed|decides otherwise/.test(err)]).toEqual([0, false]);
});

test("bars of another source are not mixed into a series unless that is wished", async () => {
  const refused = await kiwi("data", "import", "btc.csv", "--symbol", "BTCUSDT");
  expect([refused.code, refused.err]).toEqual([
    7,
    expect.stringContaining("SOURCE_DIFFERS  BTCUSDT 1h is held from Binance"),
  ]);
  const mixed = await kiwi("data", "import", "btc.csv", "--symbol", "BTCUSDT", "--mix", "--json");
  expect(JSON.parse(mixed.out)).toMatchObject({ files: [{ added: 0, revised: 0 }] });
});

test("what is held is checked, and damage is found and named with its repair", async () => {
  const good = await kiwi("data", "check", "-t", "1h", "--json");
  expect([good.code, JSON.parse(good.out)]).toMatchObject([
    0,
    { schema: "data-check@1", ok: true, sources: [] },
  ]);
  // The fake venue makes up each timeframe by itself: its days contradict its hours.
  const apart = await kiwi("data", "check", "BTCUSDT");
  expect([apart.code, apart.out]).toEqual([
    5,
    expect.stringMatching(/1d against 1h[\s\S]*error .*bars with another open/),
  ]);
  expect((await kiwi("data", "check", "ETHUSDT")).out).toMatch(/ETHUSDT 1h\n +source +Binance[\s\S]*PASS/);
  expect((await kiwi("data", "check", "ETHUSTD")).err).toContain("did you mean ETHUSDT?");
  const series = join(folder, ".kiwi", "data", "bars", "ETHUSDT", "1h");
  const { files } = JSON.parse(readFileSync(join(series, "manifest.json"), "utf8")) as {
    files: readonly { name: string }[];
  };
  const path = join(series, files[0]!.name);
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
  const bad = await kiwi("data", "check", "ETHUSDT");
  expect([bad.code, bad.out]).toEqual([5, expect.stringContaining("kiwi data repair ETHUSDT -t 1h")]);
});

test("a symbol that fails does not stop the others, and the nearest name is offered", async () => {
  const { code, out } = await download("BTCUSTD", "BNBUSDT", "-t", "1d", "--json");
  expect(code).toBe(4);
  const [wrong, right] = seriesIn(out);
  expect(wrong!.error).toMatchObject({ code: "SYMBOL_UNKNOWN", fix: 'did you mean "BTCUSDT"?' });
  expect([right!.symbol, right!.error, right!.added > 30]).toEqual(["BNBUSDT", null, true]);
  const shown = await download("BTCUSTD", "-t", "1d");
  expect(shown.err).toMatch(/^error SYMBOL_UNKNOWN .*\nwhy .*\nfix .*\ndocs {2}kiwi help sources$/);
});

test.each([
  [2, "SOURCE_UNKNOWN", ["BTCUSDT", "-t", "1h", "--source", "binanec"], "--source binance"],
  [2, "TIMEFRAME_UNKNOWN", ["BTCUSDT", "-t", "h1", "--source", "binance"], "-t 1h"],
  [2, "TIMEFRAME_UNSUPPORTED", ["BTCUSDT", "-t", "7h", "--source", "binance"], "did you mean -t"],
  [2, "SOURCE_NONE", ["BTCUSDT", "-t", "1h"], "--source binance"],
  [2, "TIMEFRAME_NONE", ["NEWUSDT", "--source", "binance"], "-t 1h"],
  [
    2,
    "RANGE_BACKWARDS",
    ["BTCUSDT", "-t", "1h", "--source", "binance", "--from", "2024-02-01", "--to", "2024-01-01"],
    "exchange",
  ],
  [2, "FLAG_INVALID", ["BTCUSDT", "-t", "1h", "--source", "binance", "--jobs", "0"], "--jobs"],
  [3, "SECRET_MISSING", ["AAPL", "-t", "1d", "--source", "alpaca"], "export APCA_API_KEY_ID=..."],
  [
    3,
    "SOURCE_OPTION_UNKNOWN",
    ["BTCUSDT", "-t", "1h", "--source", "binance", "--set", "providers.binance.baseUlr=x"],
    "baseUrl",
  ],
  [
    3,
    "SOURCE_OPTION_INVALID",
    ["BTCUSDT", "-t", "1h", "--source", "bybit", "--set", "providers.bybit.category=futures"],
    "category",
  ],
] as const)("exit %i, %s", async (exit, code, args, fix) => {
  const { code: given, out } = await kiwi("data", "download", ...args, "--json");
  const { error } = JSON.parse(out) as { error: { code: string; exit: number; fix: string } };
  expect([given, error]).toMatchObject([exit, { code, exit, fix: expect.stringContaining(fix) }]);
});

test("a project without a data folder says how to get one", async () => {
  const { path, remove: removeEmpty } = temporaryFolder();
  const list = await runKiwi(path, ["data", "list"]);
  expect([list.code, list.err]).toEqual([0, ""]);
  expect(list.out).toContain("kiwi data download");
  expect(JSON.parse((await runKiwi(path, ["data", "list", "--json"])).out)).toMatchObject({
    ok: true,
    series: [],
  });
  const { err } = await runKiwi(path, ["backtest", "sma-cross", "-p", "BTCUSDT"]);
  expect(err).toContain("DATA_NONE");
  expect(existsSync(join(path, ".kiwi"))).toBe(false);
  removeEmpty();
});
