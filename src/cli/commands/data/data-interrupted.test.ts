import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startFakeBinance } from "../../../../test/fakes/fake-binance.ts";
import { runKiwi, temporaryFolder } from "../../../../test/run-kiwi.ts";
import { systemClock } from "../../../adapters/system-clock.ts";

// A download as a shell starts it, ended by Ctrl-C and by kill -9 while the venue keeps silent.
const program = join(import.meta.dirname, "..", "..", "..", "..", "bin", "kiwi.js");
const dayMs = 86_400_000;
const listedMs = Math.floor(Date.now() / dayMs) * dayMs - 20 * dayMs;
const binance = await startFakeBinance(systemClock, listedMs);
const { path: folder, remove } = temporaryFolder();
afterAll(async () => {
  await binance.host.close();
  remove();
});
const day = (days: number): string => new Date(listedMs + days * dayMs).toISOString().slice(0, 10);

function argsFor(symbol: string): readonly string[] {
  const range = ["-t", "1m", "--from", day(0), "--to", day(15)];
  return [
    "data",
    "download",
    symbol,
    ...range,
    "--source",
    "binance",
    "--set",
    `providers.binance.baseUrl=${binance.host.url}`,
    "--json",
  ];
}

function askedFor(symbol: string): readonly number[] {
  return binance.host.requests
    .filter(({ path, query }) => path === "/api/v3/klines" && query.get("symbol") === symbol)
    .map(({ query }) => Number(query.get("startTime")));
}

test.each([
  ["BTCUSDT", "SIGINT", 130],
  ["ETHUSDT", "SIGKILL", null],
] as const)(
  "%s: after %s the same command goes on where the bars were safe",
  async (symbol, signal, exit) => {
    const { host } = binance;
    const answer = host.answer;
    const child = spawn(process.execPath, [program, ...argsFor(symbol)], { cwd: folder });
    let out = "";
    child.stdout.on("data", (text: Buffer) => (out += text.toString()));
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    host.answer = (request) => {
      // Answered 15 times (a chunk of ten pages is safe by then), and then no more.
      if (askedFor(symbol).length === 15) {
        host.faults.push({ kind: "hang" });
        setTimeout(() => child.kill(signal), 300);
      }
      return answer(request);
    };
    expect(await ended).toBe(exit);
    if (exit !== null)
      expect(JSON.parse(out)).toMatchObject({ schema: "data-download@1", ok: false, interrupted: true });
    host.answer = answer;
    host.faults.length = 0;
    const before = askedFor(symbol).length;
    const again = await runKiwi(folder, argsFor(symbol));
    const [resumedMs] = askedFor(symbol).slice(before);
    expect(again.code).toBe(0);
    expect(resumedMs! - listedMs).toBeGreaterThan(6 * dayMs);
    const list = JSON.parse((await runKiwi(folder, ["data", "list", "--json"])).out) as {
      series: readonly { symbol: string; bars: number; missingBars: number }[];
    };
    expect(list.series.find((one) => one.symbol === symbol)).toMatchObject({
      bars: 15 * 1440 - 1,
      missingBars: 0,
    });
  },
);
