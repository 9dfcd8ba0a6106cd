import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runKiwi, temporaryFolder } from "../../test/run-kiwi.ts";
import { dayMs } from "../base/time.ts";
import { openSessionFolder } from "./trading/session-folder.ts";
import { writeStatus, type SessionStatus } from "./trading/session-status.ts";

const { path: folder, remove } = temporaryFolder();
/** Made up: the doctor opens what the configuration names, and asks no venue. */
const env = { APCA_API_KEY_ID: "PKX", APCA_API_SECRET_KEY: "x", KIWI_TELEGRAM_TOKEN: "1:x" };
afterAll(remove);

type Doctor = { findings: readonly { id: string; state: string; text: string; fix: string | null }[] };
async function missing(): Promise<readonly string[]> {
  const { out } = await runKiwi(folder, ["doctor", "--production", "--json"], env);
  const { findings } = JSON.parse(out) as Doctor;
  for (const { state, fix } of findings) expect(state === "ok" || fix !== null).toBe(true);
  return findings.filter(({ state }) => state === "fail").map(({ id }) => id);
}

test("a fresh project is not ready and says of each thing what to do; a prepared one is", async () => {
  const ofProduction = ["broker", "alerts", "digest", "backup", "way back", "paper", "costs"];
  expect(await missing()).toEqual(expect.arrayContaining(ofProduction));
  expect((await runKiwi(folder, ["doctor", "--production"])).code).toBe(3);
  writeFileSync(
    join(folder, "kiwi.config.jsonc"),
    JSON.stringify({
      broker: { use: "alpaca" },
      risk: { profile: "moderate" },
      alerts: {
        channels: { phone: { use: "telegram", chat: 4711 } },
        rules: [{ channels: ["phone"], escalateAfterMinutes: 10, escalateTo: ["phone"] }],
      },
      schedule: {
        digest: { when: "daily 07:00 UTC", run: "digest --send" },
        backup: { when: "daily 01:00 UTC", run: "db backup copies" },
      },
    }),
  );
  expect((await runKiwi(folder, ["kill", "key"])).code).toBe(0);
  const home = join(folder, "kiwi-home");
  const note = {
    id: "s1",
    account: "PA-1",
    strategy: "sma-cross",
    params: {},
    symbols: ["BTC/USD"],
    timeframe: "1h",
    broker: "alpaca",
    models: [],
    part: null,
    isLeft: false,
  };
  const startedMs = Date.now() - 31 * dayMs;
  const paths = openSessionFolder(home, {
    ...note,
    mode: "paper",
    isDemo: false,
    startedMs,
    begunMs: startedMs,
    ranMs: 0,
    settingsHash: "",
    pid: 1,
  });
  const said = (drift: string | null) =>
    writeStatus(paths.status, { writtenMs: Date.now(), comparison: { drift } } as unknown as SessionStatus);
  said("fee: the venue takes more");
  // The key lies in the home, which stands in the folder here: it is found as what it is.
  expect(await missing()).toEqual(["secrets", "costs"]);
  said(null);
  mkdirSync(join(folder, ".git"));
  expect(await missing()).toEqual(["secrets"]);
}, 30_000);
