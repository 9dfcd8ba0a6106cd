import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Components } from "../app/components/components.ts";
import { strategyEnded, strategySilent } from "../robot/robot-status.ts";
import { isLoopTurning, robotParts, type HealthFacts } from "../app/trading/watch/robot-parts.ts";
import { hourMs, minuteMs } from "../base/time.ts";
import type { RobotStatus } from "../robot/robot-types.ts";
import { ManualClock } from "../../test/fakes/manual-clock.ts";
import { healthOf as healthOfParts } from "./health.ts";
import { documented } from "./metrics.ts";
import { openMonitoring, type MonitoringServer } from "./monitoring-server.ts";

const startMs = Date.UTC(2026, 0, 1);
const nowMs = startMs + hourMs;
const running: RobotStatus = {
  atMs: nowMs,
  phase: "running",
  sessionId: "s",
  accountName: "demo",
  trading: { state: "active", reason: "" },
  line: { kind: "live", atMs: startMs },
  positions: [
    {
      symbol: 'BTC"\n\\USDT',
      quantity: -0.5,
      averagePrice: 100,
      lastPrice: 90,
      unrealizedPnl: 5,
      wanted: -0.5,
      reason: "trend",
      blocked: null,
    },
  ],
  orders: [],
  equity: 10_005,
  cash: 10_000,
  venueEquity: { equity: 10_005, atMs: nowMs },
  venueMoney: null,
  lastFillMs: Number.NaN,
  lastDecision: null,
  lastBarMs: nowMs - 30_000,
  lastTurnMs: nowMs - 100,
  answerOwedMs: 0,
  unanswered: 0,
  decisionsHash: "",
  heldBack: { refused: 4, trimmed: 2 },
  counts: {
    slices: 60,
    sent: 7,
    refusedHere: 1,
    refusedByVenue: 2,
    canceled: 3,
    fills: 4,
    unknown: 0,
    resent: 0,
  },
  incidents: [],
};
const facts = (status: RobotStatus | null, more: Partial<HealthFacts> = {}): HealthFacts => ({
  nowMs,
  startedMs: startMs,
  status,
  diskFreeBytes: 10 ** 10,
  isJournalGone: false,
  folderFault: null,
  clockSkewMsMax: 2_000,
  turnMsMax: 30_000,
  clockSkewMs: 3,
  loopLagMs: 4,
  barsMissing: 0,
  ...more,
});
const healthOf = async (one: HealthFacts) => {
  const parts = robotParts(() => one, { broker: "alpaca", source: { name: "alpaca stocks" } });
  const components = new Components(parts, { clock: new ManualClock(nowMs) });
  await components.open();
  return healthOfParts(components.reports());
};
const badOf = async (one: HealthFacts) =>
  (await healthOf(one)).components.flatMap(({ id, condition }) =>
    condition === "ok" ? [] : [`${id} ${condition}`],
  );

test("a robot that runs is ok, and every critical part that fails fails the whole", async () => {
  expect((await healthOf(facts(running))).condition).toBe("ok");
  const failing: readonly [string, HealthFacts][] = [
    ["robot", facts({ ...running, lastTurnMs: nowMs - minuteMs })],
    ["broker alpaca", facts({ ...running, line: { kind: "down", atMs: nowMs, reason: "reset" } })],
    ["broker alpaca", facts({ ...running, line: { kind: "refused", atMs: nowMs, reason: "key" } })],
    ["source alpaca stocks", facts(running, { barsMissing: 3 })],
    ["store journal", facts(running, { diskFreeBytes: 10 ** 7 })],
    ["store journal", facts(running, { isJournalGone: true })],
    ["store journal", facts(running, { folderFault: "EROFS: read-only file system" })],
  ];
  for (const [name, one] of failing) {
    expect(await badOf(one)).toEqual([`${name} failed`]);
    expect((await healthOf(one)).condition).toBe("failed");
  }
});

test("only a loop that stands asks for a new start: a venue, bars and a disk that are away are waited for", async () => {
  const isTurning = async (one: HealthFacts) => isLoopTurning((await healthOf(one)).components);
  const down = { kind: "down", atMs: nowMs, reason: "reset" } as const;
  const late = { lastTurnMs: nowMs - minuteMs };
  expect(await isTurning(facts({ ...running, line: down }, { barsMissing: 9, diskFreeBytes: 0 }))).toBe(true);
  expect(await isTurning(facts({ ...running, ...late }))).toBe(false);
  // A strategy that was ended for good would be ended again.
  const trading = { state: "reducing", reason: strategyEnded } as const;
  expect(await isTurning(facts({ ...running, ...late, trading }))).toBe(true);
  expect((await healthOf(facts({ ...running, ...late, trading }))).condition).toBe("degraded");
  // One that is still thinking is ended by who watches it.
  const thinking = { state: "reducing", reason: strategySilent } as const;
  expect(await isTurning(facts({ ...running, ...late, trading: thinking }))).toBe(true);
});

test("a halted robot, a clock that is off and a late loop are weaknesses and no failure", async () => {
  for (const one of [
    facts({ ...running, trading: { state: "halted", reason: "drawdown" } }),
    facts(running, { clockSkewMs: -5_000 }),
    facts(running, { loopLagMs: 2_500 }),
  ])
    expect((await healthOf(one)).condition).toBe("degraded");
});

test("what has not begun is given five minutes", async () => {
  expect((await healthOf(facts(null, { startedMs: nowMs - minuteMs }))).condition).toBe("starting");
  expect((await healthOf(facts(null))).condition).toBe("failed");
  const warming = { ...running, phase: "recovering", lastBarMs: Number.NaN } as const;
  expect((await healthOf(facts(warming, { startedMs: nowMs - minuteMs }))).condition).toBe("starting");
});

let server: MonitoringServer;
let status: RobotStatus | null = running;
const health = new Map<RobotStatus | null, Awaited<ReturnType<typeof healthOf>>>();
const folder = mkdtempSync(join(tmpdir(), "kiwi-prometheus-"));
beforeAll(async () => {
  for (const one of [running, null]) health.set(one, await healthOf(facts(one)));
  server = await openMonitoring({
    host: "127.0.0.1",
    port: 0,
    health: () => health.get(status)!,
    status: () => status,
    withProcess: true,
  });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

test("health and readiness are told by status codes", async () => {
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  status = null;
  expect((await fetch(`${server.url}/healthz`)).status).toBe(503);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
  status = running;
  expect(await (await fetch(`${server.url}/healthz`)).json()).toMatchObject({
    schema: "health@1",
    condition: "ok",
  });
});

test("it is read only, and answers to no name but this machine's", async () => {
  expect((await fetch(`${server.url}/healthz`, { method: "POST" })).status).toBe(405);
  expect((await fetch(`${server.url}/`)).status).toBe(404);
  const foreign = await new Promise((resolve) => {
    request(`${server.url}/metrics`, { headers: { host: "evil.example" } }, ({ statusCode }) =>
      resolve(statusCode),
    ).end();
  });
  expect(foreign).toBe(421);
});

test("a port that somebody has is refused with a way out", async () => {
  const port = Number(new URL(server.url).port);
  const again = openMonitoring({
    host: "127.0.0.1",
    port,
    health: () => health.get(null)!,
    status: () => null,
    withProcess: false,
  });
  await expect(again).rejects.toThrow("PORT_TAKEN");
});

const has = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;

test.skipIf(!has("promtool"))("Prometheus's own tool accepts the page and the rules", async () => {
  const page = await (await fetch(`${server.url}/metrics`)).text();
  const metrics = spawnSync("promtool", ["check", "metrics"], { input: page, encoding: "utf8" });
  expect(metrics.stderr + metrics.stdout).toBe("");
  const rules = join(import.meta.dirname, "../../deploy/prometheus/kiwi-rules.yml");
  expect(spawnSync("promtool", ["check", "rules", rules], { encoding: "utf8" }).status).toBe(0);
  for (const name of readFileSync(rules, "utf8").match(/\bkiwi_\w+/g)!)
    expect(Object.keys(documented)).toContain(name);
});

test.skipIf(!has("prometheus"))(
  "a real Prometheus scrapes the robot and answers questions about it",
  async () => {
    const { host } = new URL(server.url);
    const config = join(folder, "prometheus.yml");
    writeFileSync(
      config,
      `scrape_configs:\n  - job_name: kiwi\n    scrape_interval: 1s\n    static_configs:\n      - targets: ["${host}"]\n`,
    );
    const port = await freePort();
    const prometheus = spawn(
      "prometheus",
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, "tsdb")}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: "ignore" },
    );
    try {
      const ask = async (query: string): Promise<string | null> => {
        const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`)
          .then((response) => response.json())
          .catch(() => null);
        const { data } = (answer ?? {}) as { data?: { result: { value: [number, string] }[] } };
        return data?.result[0]?.value[1] ?? null;
      };
      await expect.poll(() => ask("kiwi_equity"), { timeout: 60_000, interval: 500 }).toBe("10005");
      expect(await ask("kiwi_unrealized_pnl")).toBe("5");
      expect(await ask('kiwi_orders_total{outcome="refused_by_venue"}')).toBe("2");
      expect(await ask('up{job="kiwi"}')).toBe("1");
    } finally {
      const ended = new Promise((resolve) => prometheus.once("exit", resolve));
      prometheus.kill();
      await ended;
    }
  },
  90_000,
);

async function freePort(): Promise<number> {
  const open = await openMonitoring({
    host: "127.0.0.1",
    port: 0,
    health: () => health.get(null)!,
    status: () => null,
    withProcess: false,
  });
  await open.close();
  return Number(new URL(open.url).port);
}

test("every metric is documented", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/reference/monitoring.md"), "utf8");
  for (const [name, { help }] of Object.entries(documented)) {
    expect(page).toContain(`\`${name}\``);
    expect(page).toContain(help);
  }
});
