import { serviceManager, type ServiceManager } from "../../../adapters/systemd/notify.ts";
import { systemClock } from "../../../adapters/system-clock.ts";
import { secondMs } from "../../../base/time.ts";
import type { ComponentReport } from "../../../ports/component.ts";
import type { AlertEvent } from "../../../robot/alerts/alert-rules.ts";
import { alertOf } from "../../../robot/alerts/incident-event.ts";
import type { Robot } from "../../../robot/robot-parts.ts";
import type { Incident } from "../../../robot/robot-types.ts";
import { HealthWatch } from "./health-watch.ts";
import { isLoopTurning } from "./robot-parts.ts";
import { SessionControl, type SessionWatchParts } from "./session-control.ts";
import { tellOfTrouble } from "./tell-of-trouble.ts";

/** How a session is seen from outside: alerts, health, figures, signs of life. */
export type SessionWatch = {
  readonly onIncident: (incident: Incident) => void;
  /** Tells people of anything else. */
  readonly raise: (event: AlertEvent) => void;
  /** Every part of the session as it is now. */
  readonly components: () => readonly ComponentReport[];
  /** Whether a part that may be switched off does its work. */
  readonly isOn: (id: string) => boolean;
  /** There is a robot to look at from now on. `clockSkewMs` is the venue's clock minus ours, where it was asked. */
  begin(robot: Robot, clockSkewMs: () => number | undefined): void;
  close(): Promise<void>;
};

const alertEverySeconds = 60;

/**
 * Opens what tells others of a session. Nothing here can stop a robot: a channel that fails is logged, and a port that is
 * taken is refused before anything is traded. Throws `PORT_TAKEN`, and what the channels throw.
 */
export async function openSessionWatch(parts: SessionWatchParts): Promise<SessionWatch> {
  const { plan, env, folder } = parts;
  let skewOf: () => number | undefined = () => undefined;
  const health = new HealthWatch({ plan, folder, clockSkewMs: () => skewOf() ?? null });
  const control = new SessionControl(parts, health);
  try {
    await control.open();
  } catch (error) {
    health.close();
    throw error;
  }
  const service = serviceManager(env, systemClock, () => isLoopTurning(control.reports()));
  let seconds = 0;
  const tick = setInterval(() => {
    void control.look();
    if (++seconds % alertEverySeconds === 0)
      tellOfTrouble(control.alerts, control.reports(), health.status(), plan);
  }, secondMs);
  tick.unref();
  return {
    onIncident: (incident) => control.alerts.raise({ ...alertOf(incident), atMs: systemClock.nowMs() }),
    raise: (event) => control.alerts.raise({ ...event, atMs: systemClock.nowMs() }),
    components: () => control.reports(),
    isOn: (id) => control.isOn(id),
    begin(robot, clockSkewMs) {
      health.watch(robot);
      control.begin(robot);
      skewOf = clockSkewMs;
      service.ready();
    },
    close: () => closeAll(tick, service, control, health),
  };
}

async function closeAll(
  tick: NodeJS.Timeout,
  service: ServiceManager,
  control: SessionControl,
  health: HealthWatch,
): Promise<void> {
  clearInterval(tick);
  service.stopping();
  service.close();
  await control.close();
  health.close();
}
