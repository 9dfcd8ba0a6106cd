import { expect, test } from "vitest";
import { runCli } from "../run-cli.ts";
import type { Shell } from "../shell.ts";

/** Runs a command line until somebody closes its output. */
function start(args: readonly string[]): {
  out: string[];
  err: string[];
  stop: () => void;
  code: Promise<number>;
} {
  const closing = new AbortController();
  const out: string[] = [];
  const err: string[] = [];
  const shell: Shell = {
    args,
    folder: import.meta.dirname,
    env: {},
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    isWatched: false,
    isInteractive: false,
    width: 100,
    hasColor: false,
    outClosed: closing.signal,
    readInput: () => Promise.resolve(""),
  };
  return { out, err, stop: () => closing.abort(), code: runCli(shell) };
}

const tape = ["--data", "synthetic:timeframe=1m,bars=300", "--port", "0"];

test("an emulator says where it is and how it is used, and every order is a line", async () => {
  const { out, stop, code } = start(["emulator", "bybit", ...tape, "--pace", "manual", "--json"]);
  while (out.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const begun = JSON.parse(out[0]!) as { schema: string; url: string; symbols: string[] };
  expect(begun).toMatchObject({ schema: "emulator@1", ok: true });
  const post = (path: string, body: unknown): Promise<Response> =>
    fetch(`${begun.url}${path}`, { method: "POST", body: JSON.stringify(body) });
  await post("/emulator/trade", { symbol: begun.symbols[0], side: "buy", quantity: 1 });
  await post("/emulator/advance", { slices: 1 });
  stop();
  expect(await code).toBe(0);
  const told = out.slice(1).map((line) => JSON.parse(line) as { kind: string; order: { status: string } });
  expect(told.map(({ kind, order }) => `${kind} ${order.status}`)).toEqual([
    "order accepted",
    "fill filled",
    "order filled",
  ]);
});

test("a plan of faults that contradicts itself is refused before anything listens", async () => {
  const { err, code } = start(["emulator", "alpaca", ...tape, "--faults", "drop=0.7,html=0.7"]);
  expect(await code).toBe(2);
  expect(err.join("\n")).toContain("more than one fault for a request");
});
