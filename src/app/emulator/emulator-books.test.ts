import { spawn, type ChildProcess } from "node:child_process";
import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/run-kiwi.ts";
import { canMakeDisk, fillDisk, withSmallDisk } from "../../../test/small-disk.ts";
import { KiwiError } from "../../base/errors.ts";
import { resolveConfig } from "../config/resolve-config.ts";
import { emulatorOptions, type EmulatorWish } from "./emulator-options.ts";
import { startEmulator, type RunningEmulator } from "./start-emulator.ts";

const program = join(import.meta.dirname, "..", "..", "..", "bin", "kiwi.js");
const { path: folder, remove } = temporaryFolder();
const alive: (() => unknown)[] = [remove];
afterAll(async () => {
  for (const end of alive.toReversed()) await end();
});

async function start(wish: Partial<EmulatorWish>, bars = 60): Promise<RunningEmulator> {
  const sets = [`data=["synthetic:timeframe=1m,bars=${bars}"]`, "account.kind=margin"];
  const { config } = await resolveConfig({ folder, file: undefined, env: {}, sets });
  const options = emulatorOptions({ venue: "alpaca", pace: "manual", port: 0, ...wish });
  const emulator = await startEmulator(folder, config, options, () => {});
  alive.push(emulator.close);
  return emulator;
}

async function refusal(starting: Promise<RunningEmulator>): Promise<string> {
  const error: unknown = await starting.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(KiwiError);
  const { code, message, why, fix } = (error as KiwiError).parts;
  return `${code} ${message} ${why} ${fix}`;
}

/** All that an account is, as text. */
function accountOf({ account, exchange }: RunningEmulator): string {
  const all = [
    exchange.timeMs,
    account.orders.history(),
    account.fills,
    account.positions(),
    account.summary(),
  ];
  return JSON.stringify(all);
}

async function trade({ url, key, secret, exchange }: RunningEmulator, count: number): Promise<void> {
  const headers = { "apca-api-key-id": key, "apca-api-secret-key": secret };
  const send = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  for (let k = 0; k < count; k++) {
    const price = exchange.lastPrice("SYN1/USD");
    const order = {
      symbol: "SYN1/USD",
      qty: "2",
      time_in_force: "gtc",
      client_order_id: `order ${count} ${k}`,
    };
    const sent = await send("POST", "/v2/orders", {
      ...order,
      side: k % 3 === 2 ? "sell" : "buy",
      type: k % 2 === 0 ? "market" : "limit",
      ...(k % 2 === 0 ? {} : { limit_price: (price * 0.999).toFixed(2) }),
    });
    const { id } = (await sent.json()) as { id: string };
    if (k % 4 === 1) await send("PATCH", `/v2/orders/${id}`, { limit_price: (price * 1.01).toFixed(2) });
    if (k % 5 === 3) await send("DELETE", `/v2/orders/${id}`);
    exchange.advance();
  }
}

test("wherever its program dies, books give the same account again: orders, names, fills, money, time", async () => {
  const books = join(folder, "whole.jsonl");
  const first = await start({ books });
  await trade(first, 12);
  const written = accountOf(first);
  expect(first.account.fills.length).toBeGreaterThan(3);
  copyFileSync(books, join(folder, "copy.jsonl"));
  const again = await start({ books: join(folder, "copy.jsonl") });
  expect(again.books?.isOld).toBe(true);
  expect(accountOf(again)).toBe(written);
  // Both go on alike.
  await trade(first, 3);
  await trade(again, 3);
  expect(accountOf(again)).toBe(accountOf(first));
  // A program may die between any two lines, and inside one.
  const lines = readFileSync(books, "utf8").trimEnd().split("\n");
  const cut = join(folder, "cut.jsonl");
  for (const length of [1, 2, 7, lines.length >> 1, lines.length - 1]) {
    writeFileSync(cut, `${lines.slice(0, length).join("\n")}\n{"call":"sub`);
    const shorter = await start({ books: cut });
    const told = lines.slice(0, length).filter((line) => line.includes('"filled"')).length;
    expect(shorter.account.fills.length).toBeGreaterThanOrEqual(told);
    await shorter.close();
  }
});

test("books of another account, another market, another version or another process are refused with the way out", async () => {
  const books = join(folder, "other.jsonl");
  const first = await start({ books });
  await trade(first, 2);
  expect(await refusal(start({ books }))).toMatch(/EMULATOR_BOOKS another emulator keeps.*--books FILE/);
  await first.close();
  expect(await refusal(start({ books, venue: "bybit" }))).toMatch(/venue is not what it was.*--fresh/);
  expect(await refusal(start({ books }, 59))).toMatch(/bars of --data.*--fresh/);
  const text = readFileSync(books, "utf8");
  writeFileSync(books, text.replace(/"call":"filled"(.*?)"price":[\d.]+/, '"call":"filled"$1"price":1'));
  expect(await refusal(start({ books }))).toMatch(
    /line \d+ of .* that fill comes out in another way.*--fresh/,
  );
  writeFileSync(books, text);
  appendFileSync(books, "no JSON\n");
  expect(await refusal(start({ books }))).toMatch(/line \d+ of .* not what was written.*--fresh/);
  const fresh = await start({ books, fresh: true });
  expect([fresh.books?.isOld, fresh.account.orders.count]).toEqual([false, 0]);
  expect(readFileSync(`${books}.before`, "utf8")).toContain("no JSON");
});

test.skipIf(!canMakeDisk)(
  "a full disk ends the emulator before anything happens that is not written; with room the account goes on",
  async () => {
    await withSmallDisk(2_000, async (disk) => {
      const books = join(disk, "books.jsonl");
      const emulator = await start({ books });
      await trade(emulator, 1);
      const empty = fillDisk(disk);
      const before = accountOf(emulator);
      let answer = "accepted";
      // The last page of the file may have room for a few lines more.
      for (let k = 0; k < 50 && answer === "accepted"; k++)
        answer = emulator.account.tradeByHand("SYN1/USD", "buy", 1).kind;
      expect([answer, emulator.exchange.advance()]).toEqual(["rejected", false]);
      await expect(emulator.ended).rejects.toMatchObject({ parts: { code: "DISK_FAILED" } });
      const { account } = emulator;
      const orders = account.orders.count;
      expect(account.fills.length).toBe(
        (JSON.parse(before) as readonly [number, unknown, unknown[]])[2].length,
      );
      await emulator.close();
      empty();
      const again = await start({ books });
      expect(again.account.orders.count).toBe(orders);
      await again.close();
    });
  },
);

test("a venue that is killed with -9 has its account when it is started again", async () => {
  const args = ["emulator", "bybit", "--data", "synthetic:timeframe=1m,bars=60", "--account", "margin"];
  const options = ["--pace", "manual", "--port", "0", "--books", "killed.jsonl", "--json"];
  const begin = async (): Promise<{ child: ChildProcess; url: string }> => {
    const child = spawn(process.execPath, [program, ...args, ...options], { cwd: folder });
    alive.push(() => child.kill("SIGKILL"));
    const line = await new Promise<string>((resolve) =>
      child.stdout.once("data", (data) => resolve(String(data))),
    );
    return { child, url: (JSON.parse(line) as { url: string }).url };
  };
  const status = async (url: string): Promise<unknown> => (await fetch(`${url}/emulator/status`)).json();
  const { child, url } = await begin();
  const post = (path: string, body: unknown): Promise<Response> =>
    fetch(`${url}/emulator/${path}`, { method: "POST", body: JSON.stringify(body) });
  await post("trade", { symbol: "SYN1USDT", side: "buy", quantity: 3 });
  await post("advance", { slices: 2 });
  await post("trade", { symbol: "SYN1USDT", side: "sell", quantity: 1 });
  const before = await status(url);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
  expect(await status((await begin()).url)).toEqual(before);
  expect(JSON.stringify(before)).toContain('"openOrders":1,"positions":[{"symbol":"SYN1USDT"');
});
