import { afterAll, afterEach, expect, test } from "vitest";
import {
  bybitKeys,
  startFakeBybitAccount,
  type FakeBybitAccount,
} from "../../../test/fakes/fake-bybit-account.ts";
import { runKiwi, temporaryFolder, type Outcome } from "../../../test/run-kiwi.ts";
import { systemClock } from "../../adapters/system-clock.ts";

let venue: FakeBybitAccount;
afterEach(() => venue.host.close());

const project = temporaryFolder();
afterAll(project.remove);

function check(...words: readonly string[]): Promise<Outcome> {
  return checkAt(venue.host.url, words);
}

async function checkAt(url: string, words: readonly string[]): Promise<Outcome> {
  const { wsUrl } = venue.host;
  const sets = ["broker.use=bybit", `broker.baseUrl=${url}`, `broker.wsUrl=${wsUrl}`];
  const args = ["broker", "check", ...sets.flatMap((set) => ["--set", set]), ...words];
  return runKiwi(project.path, args, { BYBIT_API_KEY: bybitKeys.key, BYBIT_API_SECRET: bybitKeys.secret });
}

test("it shows the account and sends no order", async () => {
  venue = await startFakeBybitAccount(systemClock);
  venue.book.positions.set("BTCUSDT", { quantity: -2, averagePrice: 100 });
  const { code, out } = await check("BTCUSDT");
  expect(code).toBe(0);
  expect(out).toContain("bybit, paper: account 4242");
  expect(out).toMatch(/ok\s+right to withdraw: no/);
  expect(out).toContain("positions   -2 BTCUSDT at 100");
  expect(out).toMatch(/BTCUSDT\s+0\.1\s+0\.001\s+5\s+yes\s+yes/);
  expect(venue.host.requests.filter(({ method }) => method === "POST")).toEqual([]);
});

test("what would be refused is marked, and the exit code says so", async () => {
  venue = await startFakeBybitAccount(systemClock);
  venue.state.permissions["Wallet"]!.push("Withdraw");
  const { code, out } = await check("--json");
  expect(code).toBe(7);
  const document = JSON.parse(out) as { ok: boolean; findings: { what: string; isFit: boolean }[] };
  expect(document.ok).toBe(false);
  expect(document.findings.filter(({ isFit }) => !isFit).map(({ what }) => what)).toEqual([
    "right to withdraw",
  ]);
  expect(out).not.toContain(bybitKeys.secret);
});

test("a host of money for play money is refused before anything is sent", async () => {
  venue = await startFakeBybitAccount(systemClock);
  const { code, err } = await checkAt("https://api.bybit.com", []);
  expect(code).toBe(7);
  expect(err).toContain("BROKER_MODE_MISMATCH");
});
