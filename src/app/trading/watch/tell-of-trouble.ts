import { systemClock } from "../../../adapters/system-clock.ts";
import type { ComponentReport } from "../../../ports/component.ts";
import type { AlertKind } from "../../../robot/alerts/alert-rules.ts";
import { waitsFor } from "../../../robot/kill/hold.ts";
import { pausedBy } from "../../../robot/kill/pause.ts";
import { strategyEnded, strategyMuted, strategySilent } from "../../../robot/robot-status.ts";
import type { RobotStatus } from "../../../robot/robot-types.ts";
import type { AlertService } from "../../alerts/alert-service.ts";
import type { TradingPlan } from "../session-parts.ts";

/** What trouble with a part is called in rules; with any other it is trouble of the robot. */
const alertKindOf: Readonly<Record<string, AlertKind>> = {
  source: "stale feed",
  store: "disk",
  clock: "clock",
  broker: "connection",
};

/** Once a minute: what is wrong with a part, or with trading, is told; what was told is told again in its time. */
export function tellOfTrouble(
  alerts: AlertService,
  components: readonly ComponentReport[],
  status: RobotStatus | null,
  { mode, symbols }: Pick<TradingPlan, "mode" | "symbols">,
  atMs: number = systemClock.nowMs(),
): void {
  for (const { id, kind, condition, detail, isCritical } of components) {
    if (condition !== "failed" && (condition !== "degraded" || kind !== "event loop")) continue;
    alerts.raise({
      kind: alertKindOf[kind] ?? "robot",
      about: id,
      severity: isCritical ? "critical" : "warning",
      title: `${id}: ${detail}`,
      text: `${mode} trading of ${symbols.join(", ")}`,
      atMs,
    });
  }
  const trading = status?.trading;
  // Of a pause its maker knows; the end of a strategy and a wait have been told as such.
  if (trading?.reason === strategySilent)
    alerts.raise({
      kind: "robot",
      about: "strategy",
      severity: "warning",
      title: strategySilent,
      text: "bars wait for it, nothing is opened, stops stay at the venue; it is ended when it has computed for too long",
      atMs,
    });
  const isTold = [strategyEnded, strategyMuted, strategySilent, pausedBy, waitsFor].some((told) =>
    trading?.reason.startsWith(told),
  );
  if (trading !== undefined && trading.state !== "active" && !isTold)
    alerts.raise({
      kind: "kill switch",
      // By whom: what a person has stopped says nothing of what the watchdog stops after it.
      about: `${trading.state} ${trading.reason.split(":")[0]}`,
      severity: "critical",
      title: `trading is ${trading.state}: ${trading.reason}`,
      text: "kiwi kill status says more; kiwi kill reset lifts it",
      atMs,
    });
  alerts.tick();
}
