import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/run-kiwi.ts";
import { dayMs } from "../../base/time.ts";
import { logFiles } from "./log-writer.ts";
import { openLog, type LogOptions } from "./open-log.ts";

const folder = temporaryFolder();
afterAll(folder.remove);
let logs = 0;

function fresh(options: Partial<LogOptions> = {}) {
  const path = join(folder.path, `log-${logs++}`);
  const clock = { nowMs: dayMs };
  const log = openLog({
    folder: path,
    room: { fileBytesMax: 1_000_000, filesMax: 3, dayBytesMax: 10_000_000 },
    levels: { "*": "info" },
    secrets: [],
    nowMs: () => clock.nowMs,
    ...options,
  });
  const text = () =>
    logFiles(path)
      .map((file) => readFileSync(file, "utf8"))
      .join("");
  const lines = () =>
    text()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { log, path, clock, text, lines };
}

test("a line says when, who, what, and which order it is about", () => {
  const { log, lines } = fresh();
  log.part("robot").info({ bar: 12, orderId: 7, clientOrderId: "k7" }, "sent");
  expect(lines()).toEqual([
    { level: 30, time: dayMs, part: "robot", bar: 12, orderId: 7, clientOrderId: "k7", msg: "sent" },
  ]);
});

test("every part has a level of its own", () => {
  const { log, lines } = fresh({ levels: { "*": "warn", broker: "debug", noise: "silent" } });
  for (const part of ["robot", "broker", "noise"]) {
    log.part(part).debug({}, "a");
    log.part(part).info({}, "b");
    log.part(part).error({}, "c");
  }
  expect(lines().map(({ part, msg }) => `${String(part)} ${String(msg)}`)).toEqual([
    "robot c",
    "broker a",
    "broker b",
    "broker c",
  ]);
});

test("a planted secret is in no file, however it is wrapped", () => {
  const secrets = ['AKFZ7-secret"quoted\\one', "bybit-key-Xy91", "s3cr3t value+with/signs=="];
  const { log, text } = fresh({ secrets });
  const broker = log.part("broker");
  for (const secret of secrets) {
    broker.info({ deep: { deeper: [{ text: `before ${secret} after` }] } }, `in words: ${secret}`);
    broker.error({ error: new Error(`GET /v2/orders?key=${encodeURIComponent(secret)} failed`) }, "request");
    broker.warn({ body: JSON.stringify({ inner: secret }) }, "a body as text");
    broker.info({ header: Buffer.from(secret).toString("base64") }, "as base64");
    broker.info({ [secret]: 1 }, "as a name");
  }
  for (const secret of secrets) {
    for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
      expect(text()).not.toContain(form);
    expect(text()).not.toContain(Buffer.from(secret).toString("base64").replace(/=+$/, ""));
  }
  expect(text()).toContain("after");
});

test("what stands where secrets stand is taken out, known or not", () => {
  const { log, text } = fresh();
  const unknown = "never-seen-before-9";
  log.part("broker").info(
    {
      apiKey: unknown,
      headers: { "APCA-API-SECRET-KEY": unknown, "X-BAPI-SIGN": unknown, Authorization: `Bearer ${unknown}` },
      url: `wss://user:${unknown}@host/x?signature=${unknown}&symbol=BTC`,
      list: { token: [unknown, unknown] },
      password: unknown,
    },
    `login with Bearer ${unknown}`,
  );
  expect(text()).not.toContain(unknown);
  expect(text()).toContain("symbol=BTC");
  expect(() => JSON.parse(text()) as unknown).not.toThrow();
});

test("full files are put aside, and only so many are kept", () => {
  const { log, path, text } = fresh({
    room: { fileBytesMax: 1_000, filesMax: 3, dayBytesMax: 1e9 },
  });
  for (let k = 0; k < 100; k++) log.part("robot").info({ k }, "x".repeat(50));
  const files = logFiles(path);
  expect(files.map((file) => file.slice(path.length + 1))).toEqual(["kiwi.log.2", "kiwi.log.1", "kiwi.log"]);
  for (const file of files) expect(statSync(file).size).toBeLessThanOrEqual(1_000);
  expect(text().trim().split("\n").at(-1)).toContain('"k":99');
});

test("a day writes no more than its cap, errors a tenth more, and the next day begins anew", () => {
  const { log, path, clock, lines } = fresh({
    room: { fileBytesMax: 1e9, filesMax: 3, dayBytesMax: 5_000 },
  });
  for (let k = 0; k < 1_000; k++) log.part("robot").info({ k }, "again and again");
  for (let k = 0; k < 1_000; k++) log.part("robot").error({ k }, "broken");
  const size = () => logFiles(path).reduce((sum, file) => sum + statSync(file).size, 0);
  expect(size()).toBeLessThanOrEqual(5_500);
  expect(size()).toBeGreaterThan(4_800);
  expect(lines().filter(({ part }) => part === "log").length).toBe(1);
  expect(lines().some(({ msg }) => msg === "broken")).toBe(true);
  expect(log.lost()).toBeGreaterThan(1_800);
  clock.nowMs += dayMs;
  log.part("robot").info({}, "good morning");
  expect(lines().at(-1)).toMatchObject({ msg: "good morning" });
});

test("a robot that is started again has no new room for the day", () => {
  const room = { fileBytesMax: 1e9, filesMax: 3, dayBytesMax: 5_000 };
  const first = fresh({ room, nowMs: Date.now });
  for (let k = 0; k < 1_000; k++) first.log.part("robot").info({ k }, "again and again");
  first.log.close();
  const second = openLog({
    folder: first.path,
    room,
    levels: {},
    secrets: [],
    nowMs: Date.now,
  });
  for (let k = 0; k < 1_000; k++) second.part("robot").info({ k }, "again and again");
  expect(logFiles(first.path).reduce((sum, file) => sum + statSync(file).size, 0)).toBeLessThan(5_600);
});

test("a disk that takes no line stops nobody", () => {
  const { log, path, lines } = fresh();
  writeFileSync(path, "in the way");
  log.part("robot").info({}, "lost");
  expect(log.lost()).toBe(1);
  rmSync(path);
  log.part("robot").info({}, "found");
  expect(lines().map(({ msg }) => msg)).toEqual(["found"]);
});
