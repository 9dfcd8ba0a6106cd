import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openState } from "../../adapters/stores/state/state-database.ts";
import type { SessionRows } from "../../adapters/stores/state/state-tables.ts";
import { hourMs } from "../../base/time.ts";
import { kiwiConfigSchema } from "../config/config-schema.ts";
import { digestHtml, digestText, digestTitle } from "./digest-html.ts";
import { digestOf, type Digest } from "./digest-of.ts";
import { sendDigest } from "./make-digest.ts";

const folder = mkdtempSync(join(tmpdir(), "kiwi-digest-"));
afterAll(() => rmSync(folder, { recursive: true }));
const toMs = Date.UTC(2026, 10, 30, 7);
const fromMs = toMs - 24 * hourMs;
const hour = (count: number): number => fromMs + count * hourMs;

/** Equity is 1,000 before the day, rises to 1,100 within it, falls to 990, and ends at 1,045. */
const session: SessionRows = {
  session: {
    id: "s1",
    mode: "paper",
    account: "DEMO",
    strategy: "sma-cross",
    params: "{}",
    symbols: '["BTC/USD"]',
    timeframe: "1h",
    broker: "demo",
    isDemo: 0,
    startedMs: hour(-10),
    settingsHash: "",
    cash: 1_000,
    journalBytes: 1,
    decisionsHash: "ab",
    replayFailure: null,
  },
  orders: [],
  fills: [-2, 3, 5].map((at) => ({
    orderId: 1,
    timeMs: hour(at),
    symbol: "BTC/USD",
    quantity: 1,
    price: 10,
    fee: 0,
    feeCurrency: null,
    liquidity: "taker",
  })),
  decisions: [
    { timeMs: hour(4), symbol: "BTC/USD", kind: "refused", quantity: 1, reason: "position-limit: too much" },
    { timeMs: hour(5), symbol: "BTC/USD", kind: "refused", quantity: 1, reason: "position-limit: too much" },
    { timeMs: hour(6), symbol: "BTC/USD", kind: "selection", quantity: null, reason: "<b>trend</b>" },
    { timeMs: hour(-6), symbol: "BTC/USD", kind: "refused", quantity: 1, reason: "yesterday" },
  ],
  trades: [
    [-1, 5],
    [2, 30],
    [8, -12],
  ].map(([at, pnl]) => ({
    symbol: "BTC/USD",
    side: "long",
    entryTimeMs: hour(at! - 1),
    exitTimeMs: hour(at!),
    entryPrice: 10,
    exitPrice: 11,
    quantity: 1,
    pnl: pnl!,
    feesPaid: 0,
    entryReason: "up",
    exitReason: "down",
  })),
  equity: [
    [-5, 900],
    [-1, 1_000],
    [1, 1_050],
    [2, 1_100],
    [9, 990],
    [20, 1_045],
    [25, 5_000],
  ].map(([at, equity]) => ({ timeMs: hour(at!), equity: equity! })),
  positions: [{ symbol: "BTC/USD", quantity: 2, lastPrice: 11 }],
  // Told twice, an hour apart: one line, of the later time.
  events: [6, 7].map((at) => {
    const message = "the venue does not answer";
    return { atMs: hour(at), kind: "incident", what: "line down", message };
  }),
};

const digests: Digest[] = [];
beforeAll(async () => {
  const state = await openState(join(folder, "state.sqlite"));
  await state.prepare();
  await state.record(session);
  await state.record({
    ...session,
    session: { ...session.session, id: "old" },
    fills: [],
    events: [],
    equity: [],
  });
  mkdirSync(join(folder, "sessions/s1"), { recursive: true });
  const compared = {
    matched: 9,
    slippageMean: 0.0004,
    pnl: 45,
    shadowPnl: 50,
    drift: null,
    day: fromMs / 86_400_000,
    today: {
      pnl: 45,
      shadowPnl: 50,
      explanation: { price: -4, delay: 0, fee: -2, missed: 1, waited: 0, data: 0, rest: 0 },
    },
    explanation: { price: -4, delay: 0, fee: -2, missed: 1, waited: 0, data: 0, rest: 0 },
  };
  writeFileSync(join(folder, "sessions/s1/comparison.jsonl"), `${JSON.stringify(compared)}\n`);
  const empty = { fills: [], events: [], equity: [], decisions: [], trades: [], positions: [] };
  await state.record({
    ...session,
    ...empty,
    session: { ...session.session, id: "played", isDemo: 1, startedMs: hour(3) },
  });
  digests.push(await digestOf(state, folder, folder, fromMs, toMs));
  await state.close();
});

test("the demo is named and not counted: its market has times of its own", () => {
  const digest = digests[0]!;
  expect(digest.demos.map(({ id }) => id)).toEqual(["played"]);
  expect(digestText(digest)).toContain("Not counted: session played (sma-cross) of the demo");
  expect(digestText({ ...digest, sessions: [] })).toContain("Only the demo traded in this time.");
  expect(digestText({ ...digest, sessions: [], demos: [] })).toContain("No session traded in this time.");
});

test("a digest tells what lies in its time, from what the account was worth before it", () => {
  const { sessions } = digests[0]!;
  expect(sessions.map((one) => one.session.id)).toEqual(["s1"]);
  const [one] = sessions;
  expect(one).toMatchObject({ equityStart: 1_000, equityEnd: 1_045 });
  // From 1,100 down to 990.
  expect(one!.drawdown).toBeCloseTo(0.1, 12);
  expect(one!.curve.map(({ equity }) => equity)).toEqual([1_050, 1_100, 990, 1_045]);
  expect(one!.fills).toHaveLength(2);
  expect(one!.trades.map(({ pnl }) => pnl)).toEqual([30, -12]);
  expect(one!.refusals).toEqual([{ reason: "refused by position-limit: too much", count: 2 }]);
});

test("its mail and its text say the same figures, and nothing from outside is markup", () => {
  const [digest] = digests;
  expect(digestTitle(digest!)).toBe("Kiwi: +45.00 in 1 session");
  const page = digestHtml(digest!, digestTitle(digest!));
  const text = digestText(digest!);
  for (const words of [
    "+45.00 (+4.50 %)",
    "10.00 %",
    "2, 1 of them won",
    "the venue does not answer (2 times)",
    "+0.04 % dearer",
    "+45.00 against +50.00, -5.00: prices -4.00, fees -2.00, not filled +1.00",
  ]) {
    expect(page).toContain(words);
    expect(text).toContain(words);
  }
  expect(page).toContain("&lt;b&gt;trend&lt;/b&gt;");
  expect(page).not.toMatch(/<script|<svg|<style|src=|href=/);
});

test("a mail server receives it as a page and as text", async () => {
  const mails: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData(stream, _session, done) {
      let text = "";
      stream.on("data", (part: Buffer) => (text += part.toString()));
      stream.on("end", () => {
        mails.push(text);
        done();
      });
    },
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  const mail = { use: "email", host: "127.0.0.1", port, from: "kiwi@example.org", to: ["me@example.org"] };
  const config = kiwiConfigSchema.parse({
    alerts: { channels: { mail, other: { ...mail, port: 1 } }, digestTo: ["mail"] },
  });
  const [digest] = digests;
  const title = digestTitle(digest!);
  const made = { digest: digest!, title, html: digestHtml(digest!, title), text: digestText(digest!) };
  expect(await sendDigest(made, config, { places: { folder, env: {} } })).toEqual([
    { channel: "mail", delivered: true, why: null },
  ]);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  const whole = unquoted(mails[0]!);
  expect(whole).toContain("Content-Type: text/plain");
  expect(whole).toContain("Content-Type: text/html");
  expect(whole).toContain("Subject: INFO digest: Kiwi: +45.00 in 1 session");
  expect(whole).toContain("BTC/USD  1h  (paper, session s1)</h2>");
});

/** Takes the quoting of a mail away: soft line ends and bytes in hexadecimal. */
function unquoted(mail: string): string {
  return mail
    .replaceAll("=\r\n", "")
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}
