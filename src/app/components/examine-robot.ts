import { createServer } from "node:net";
import { formatDuration } from "../../base/time.ts";
import type { ComponentHealth } from "../../ports/component.ts";
import { sessionPaths, type SessionNote } from "../trading/session-folder.ts";
import { readStatus } from "../trading/session-status.ts";

/** The port that the unit, the container and the configuration of Prometheus in `deploy/` name. */
const monitorPort = 9464;
const askMsMax = 2_000;
/** From here on trading waits, unless the trigger `clock-skew` is set otherwise. */
const skewMsMax = 2_000;

/** Whether `port` of this machine is free for `--monitor`, or who has it. */
export async function monitoring(port = monitorPort): Promise<ComponentHealth> {
  if (await isFree(port)) return { condition: "ok", detail: `port ${port} is free for --monitor ${port}` };
  const robot = await robotAt(port);
  if (robot !== null) return { condition: "ok", detail: `a robot answers at port ${port}: it is ${robot}` };
  return {
    condition: "degraded",
    detail: `port ${port}, which deploy/ names for --monitor, is taken by another program`,
    fix: `${whoseCommand(port)}   says by whom; or --monitor ${port + 1}, and the same in deploy/prometheus/prometheus.yml`,
  };
}

/** How far the clocks of the venues are from this one, as the sessions that run have measured it. */
export function venueClock(home: string, running: readonly SessionNote[]): ComponentHealth {
  // The market of a demo runs thirty times as fast, and its clock with it.
  const skews = running.flatMap(({ id, isDemo }) => {
    if (isDemo) return [];
    const skewMs = readStatus(sessionPaths(home, id).status)?.gauges["clock-skew"];
    return skewMs === undefined || skewMs === null ? [] : [{ id, skewMs }];
  });
  if (skews.length === 0)
    return {
      condition: "ok",
      detail: "not measured: no session runs; kiwi broker check asks the venue of the configuration",
    };
  const worst = skews.reduce((most, one) => (one.skewMs > most.skewMs ? one : most));
  const detail = `at most ${formatDuration(worst.skewMs)} off (session ${worst.id})`;
  if (worst.skewMs <= skewMsMax) return { condition: "ok", detail };
  const fix =
    "sudo timedatectl set-ntp true   turns on time synchronisation; nothing is opened until it is right";
  return { condition: "degraded", detail, fix };
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** The condition of the robot that answers there; null where something else does. */
async function robotAt(port: number): Promise<string | null> {
  try {
    const url = `http://127.0.0.1:${port}/healthz`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(askMsMax) });
    const said = (await answer.json()) as { readonly schema?: unknown; readonly condition?: unknown };
    return said.schema === "health@1" ? String(said.condition) : null;
  } catch {
    return null;
  }
}

function whoseCommand(port: number): string {
  if (process.platform === "win32") return `netstat -ano | findstr :${port}`;
  return process.platform === "linux" ? `ss -ltnp 'sport = :${port}'` : `lsof -nP -iTCP:${port} -sTCP:LISTEN`;
}
