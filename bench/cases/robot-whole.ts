import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSessionFolder } from "../../src/app/trading/session-folder.ts";
import { recentLines } from "../../src/app/trading/session-report.ts";
import { writeStatus } from "../../src/app/trading/session-status.ts";
import { accountView } from "../../src/robot/account-view.ts";
import { PaperStack } from "../../test/system/paper-stack.ts";

// The whole paper stack at bars of a minute in virtual time: processor time as a share of one core of the time that
// passed for it, with the emulated exchange in the same process; the start; and what a look at a session costs.
const figures: Record<string, number> = {};
await measure(50, 60);
await measure(600, 10);
console.log(JSON.stringify(figures));

async function measure(symbols: number, minutes: number): Promise<void> {
  const stack = new PaperStack({ seed: 9, symbols, warmupBars: 100, bars: 110 + minutes });
  const beginning = process.cpuUsage();
  await stack.start();
  await stack.bars(1);
  if (symbols === 50) figures["robotStartSeconds"] = secondsSince(beginning);
  // The compiler has seen everything by then.
  await stack.bars(5);
  const before = process.cpuUsage();
  await stack.bars(minutes);
  figures[`robotShare${symbols}`] = secondsSince(before) / (minutes * 60);
  figures[`robotMemory${symbols}Mb`] = process.memoryUsage().rss / 1e6;
  if (symbols === 50) figures["paperStatusSeconds"] = lookSeconds(stack);
  await stack.remove();
}

function secondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** How long `kiwi paper status` takes, by the clock, on a session with everything that this one has to show; the least of five. */
function lookSeconds({ robot, guard }: PaperStack): number {
  const home = mkdtempSync(join(tmpdir(), "kiwi-bench-"));
  const status = robot!.status();
  const paths = openSessionFolder(home, {
    id: "bench",
    mode: "paper",
    account: status.accountName,
    strategy: "sma-cross",
    params: {},
    symbols: status.positions.map(({ symbol }) => symbol),
    timeframe: "1m",
    broker: "emulated",
    isDemo: false,
    startedMs: Date.now(),
    settingsHash: "1",
    models: [],
    pid: process.pid,
  });
  writeStatus(paths.status, {
    writtenMs: Date.now(),
    robot: status,
    account: accountView(robot!.session, null, guard!.days.day),
    gauges: guard!.gauges(),
    ...recentLines(robot!.session),
    comparison: null,
    components: [],
    firstFillMs: null,
  });
  const launcher = join(import.meta.dirname, "../../bin/kiwi.js");
  const seconds = Array.from({ length: 5 }, () => {
    const beganMs = performance.now();
    const { status: code, stderr } = spawnSync(process.execPath, [launcher, "paper", "status"], {
      env: { ...process.env, KIWI_HOME: home },
      encoding: "utf8",
    });
    if (code !== 0) throw new Error(stderr);
    return (performance.now() - beganMs) / 1_000;
  });
  rmSync(home, { recursive: true });
  return Math.min(...seconds);
}
