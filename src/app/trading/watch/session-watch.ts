import { join } from "node:path";
import { serviceManager, type ServiceManager } from "../../../adapters/systemd/notify.ts";
import { systemClock } from "../../../adapters/system-clock.ts";
import { minuteMs } from "../../../base/time.ts";
import { alertOf } from "../../../robot/alerts/incident-event.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Incident, Robot, RobotLog, TradingState } from "../../../robot/robot-types.ts";
import { openMonitoring, type MonitoringServer } from "../../../server/monitoring-server.ts";
import { AlertFiles } from "../../alerts/alert-files.ts";
import { AlertService } from "../../alerts/alert-service.ts";
import { openChannels } from "../../alerts/open-channels.ts";
import type { TradingPlan } from "../session-parts.ts";
import { HealthWatch } from "./health-watch.ts";

/** What a session tells to others is made of. */
export type SessionWatchParts = {
  readonly plan: TradingPlan;
  readonly sessionId: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the journal is written. */
  readonly folder: string;
  /** Port of the pages that others read; null opens none. */
  readonly monitorPort: number | null;
  readonly log: RobotLog;
  /** The time by which people are told, whatever the market's is; the machine's without it. */
  readonly machineClock?: Clock;
};

/** How a session is seen from outside: alerts, health, figures, signs of life. */
export type SessionWatch = {
  readonly onIncident: (incident: Incident) => void;
  /** There is a robot to look at from now on. `clockSkewMs` is the venue's clock minus ours, where it was asked. */
  begin(robot: Robot, clockSkewMs: () => number | undefined): void;
  close(): Promise<void>;
};

/**
 * Opens what tells others of a session. Nothing here can stop a robot: a channel that fails is logged, and a port that is
 * taken is refused before anything is traded. Throws `PORT_TAKEN`, and what the channels throw.
 */
export async function openSessionWatch(parts: SessionWatchParts): Promise<SessionWatch> {
  const { plan, sessionId, env, folder, monitorPort, log, machineClock = systemClock } = parts;
  let skewOf: () => number | undefined = () => undefined;
  const health = new HealthWatch({ plan, folder, clockSkewMs: () => skewOf() ?? null });
  const alerts = new AlertService({
    config: plan.alerts,
    channels: await openChannels(plan.alerts, { folder: plan.folder, env }, plan.registry),
    files: new AlertFiles(join(plan.folder, ".kiwi", "alerts")),
    clock: machineClock,
    sender: `${plan.mode} ${plan.strategyName} ${sessionId}`,
    onFailure: ({ channel, why }) => log.error({ channel }, `an alert could not be delivered: ${why}`),
  });
  const pages = await openPages(monitorPort, health);
  if (pages !== null) log.info({ url: pages.url }, "health and figures are served");
  const service = serviceManager(env, machineClock, () => health.health().condition !== "failed");
  let stopTicking = () => {};
  const tick = (): void => {
    stopTicking = machineClock.schedule(minuteMs, tick);
    tickOf(alerts, health, plan, machineClock.nowMs());
  };
  stopTicking = machineClock.schedule(minuteMs, tick);
  return {
    onIncident: (incident) => alerts.raise({ ...alertOf(incident), atMs: machineClock.nowMs() }),
    begin(robot, clockSkewMs) {
      health.watch(robot);
      skewOf = clockSkewMs;
      service.ready();
    },
    close: () => closeAll(() => stopTicking(), service, pages, alerts, health),
  };
}

async function closeAll(
  stopTicking: () => void,
  service: ServiceManager,
  pages: MonitoringServer | null,
  alerts: AlertService,
  health: HealthWatch,
): Promise<void> {
  stopTicking();
  service.stopping();
  service.close();
  await Promise.all([pages?.close(), alerts.close()]);
  health.close();
}

/** Once a minute: what is wrong with a part, or with trading, is told; what was told is told again in its time. */
function tickOf(alerts: AlertService, health: HealthWatch, plan: TradingPlan, atMs: number): void {
  for (const { name, condition, detail, isCritical } of health.health().components) {
    if (condition !== "failed" && (condition !== "degraded" || name !== "event loop")) continue;
    const kind = { data: "stale feed", disk: "disk", clock: "clock", broker: "connection" }[name] ?? "robot";
    alerts.raise({
      kind: kind as "robot",
      about: name,
      severity: isCritical ? "critical" : "warning",
      title: `${name}: ${detail}`,
      text: `${plan.mode} trading of ${plan.symbols.join(", ")}`,
      atMs,
    });
  }
  const trading: TradingState | undefined = health.status()?.trading;
  if (trading !== undefined && trading.state !== "active")
    alerts.raise({
      kind: "kill switch",
      about: trading.state,
      severity: "critical",
      title: `trading is ${trading.state}: ${trading.reason}`,
      text: "kiwi kill status says more; kiwi kill reset lifts it",
      atMs,
    });
  alerts.tick();
}

async function openPages(port: number | null, health: HealthWatch): Promise<MonitoringServer | null> {
  if (port === null) return null;
  try {
    return await openMonitoring({
      host: "127.0.0.1",
      port,
      health: () => health.health(),
      status: () => health.status(),
      withProcess: true,
    });
  } catch (error) {
    health.close();
    throw error;
  }
}
