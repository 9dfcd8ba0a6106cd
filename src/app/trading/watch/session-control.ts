import { join } from "node:path";
import type { LogLevel } from "../../../adapters/logging/log-level.ts";
import { systemClock } from "../../../adapters/system-clock.ts";
import type { ComponentPart, ComponentReport } from "../../../ports/component.ts";
import type { Robot } from "../../../robot/robot-parts.ts";
import type { Incident, RobotLog } from "../../../robot/robot-types.ts";
import { healthOf } from "../../../server/health.ts";
import { openMonitoring, type MonitoringServer } from "../../../server/monitoring-server.ts";
import { AlertFiles } from "../../alerts/alert-files.ts";
import { AlertService } from "../../alerts/alert-service.ts";
import { alertPartKinds, alertParts, type AlertParts } from "../../alerts/channel-parts.ts";
import { Components } from "../../components/components.ts";
import type { AlertConfig } from "../../config/alert-config.ts";
import type { ConfigDifference } from "../../config/config-diff.ts";
import type { KiwiConfig } from "../../config/config-schema.ts";
import { ConfigWatch, type Edit } from "../../config/config-watch.ts";
import { checkPlugins } from "../../plugins/check-plugins.ts";
import type { TradingPlan } from "../session-parts.ts";
import type { HealthWatch } from "./health-watch.ts";
import { ChatWatch } from "./chat-watch.ts";
import { unhandledRejections } from "./rejections.ts";
import { robotParts, type HealthFacts } from "./robot-parts.ts";
import { sessionConcern } from "./session-concern.ts";
import { hasState, statePart, StateWatch, updateBeside, type StatePlace } from "./state-watch.ts";
import { SwitchRequests, type SwitchRequest } from "./switches.ts";

/** What a session tells to others is made of. */
export type SessionWatchParts = {
  readonly plan: TradingPlan;
  readonly sessionId: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the journal is written. */
  readonly folder: string;
  /** Where people write which parts they want on or off. */
  readonly switches: string;
  /** Port of the pages that others read; null opens none. */
  readonly monitorPort: number | null;
  readonly log: RobotLog;
  readonly setLogLevels: (levels: Readonly<Record<string, LogLevel>>) => void;
};

/**
 * The parts of a running session, and what people change about them: they switch a part off or on, or edit the configuration. All of
 * it is written into the journal and the log.
 */
export class SessionControl {
  readonly alerts: AlertService;
  private readonly components: Components;
  private readonly parts: SessionWatchParts;
  private readonly health: HealthWatch;
  private readonly requests: SwitchRequests;
  private readonly configWatch: ConfigWatch | null;
  private readonly chats: ChatWatch;
  private readonly places: { readonly folder: string; readonly env: SessionWatchParts["env"] };
  private config: AlertConfig;
  private alertParts: AlertParts;
  private pages: MonitoringServer | null = null;
  private robot: Robot | null = null;
  private looking: Promise<void> | null = null;
  /** Asked once for all parts. */
  private facts: HealthFacts | null = null;

  /** Throws `CHANNEL_INVALID`. Nothing is open before `components.open`. */
  constructor(parts: SessionWatchParts, health: HealthWatch) {
    const { plan, sessionId, home, env, log, switches } = parts;
    this.parts = parts;
    this.health = health;
    this.places = { folder: plan.folder, env };
    this.requests = new SwitchRequests(switches);
    this.chats = new ChatWatch({ home, env, log });
    this.config = plan.alerts;
    this.alertParts = this.partsFor(plan.alerts);
    this.alerts = new AlertService({
      // Told once they are open.
      config: plan.alerts,
      channels: new Map(),
      files: new AlertFiles(join(plan.folder, ".kiwi", "alerts")),
      clock: systemClock,
      sender: `${plan.mode} ${plan.strategyName} ${sessionId}`,
      onFailure: ({ channel, why }) => log.error({ channel }, `${channel} delivers nothing: ${why}`),
    });
    this.configWatch =
      plan.settings === undefined
        ? null
        : new ConfigWatch({
            settings: plan.settings,
            concernOf: (path) => sessionConcern(path, plan.isDemo),
            apply: (next, differences) => this.apply(next, differences),
            tell: (edit) => this.tellOfEdit(edit),
          });
    this.components = new Components([...this.ownParts(), ...this.alertParts.parts], {
      clock: systemClock,
      onChange: () => this.follow(),
      onCloseFailure: ({ name, why }) => log.error({ part: name }, `${name} did not close well: ${why}`),
    });
  }

  /** Throws `PORT_TAKEN`, and what opening the channels throws; then nothing is open. */
  async open(): Promise<void> {
    await this.components.open();
    this.follow();
  }

  /** From now on there is a journal to write into. */
  begin(robot: Robot): void {
    this.robot = robot;
  }

  reports(): readonly ComponentReport[] {
    this.facts = null;
    return this.components.reports();
  }

  isOn(id: string): boolean {
    return this.components.isOpen(id);
  }

  /** Does what people have asked for since the last time. Rejects never: what is wrong is told. */
  async look(): Promise<void> {
    // Opening a channel may take longer than the time between two looks.
    this.looking ??= this.lookOnce().finally(() => (this.looking = null));
    await this.looking;
  }

  async close(): Promise<void> {
    await this.looking;
    await this.chats.close();
    await this.alerts.close();
    await this.components.close();
  }

  private async lookOnce(): Promise<void> {
    for (const request of this.requests.take()) await this.switch(request);
    await this.configWatch?.look();
  }

  private async switch({ id, isOn, by }: SwitchRequest): Promise<void> {
    const [wish, did] = isOn ? ["on", "switched on"] : ["off", "switched off"];
    try {
      await this.components.switch(id, isOn);
      this.note({ kind: "settings changed", gravity: "notice", message: `${id} was ${did} by ${by}` });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `${by} wanted ${id} ${wish}: ${why}`;
      this.note({ kind: "settings refused", gravity: "alarm", message });
    }
  }

  private async apply(next: KiwiConfig, differences: readonly ConfigDifference[]): Promise<void> {
    const { registry, settings } = this.parts.plan;
    // Files of other plug-ins are loaded by the next start, and what is chosen from them is checked then.
    if (String(next.plugins) === String(settings?.config.plugins)) checkPlugins(registry, next);
    if (differences.some(({ path }) => path.startsWith("alerts."))) {
      const before = { config: this.config, parts: this.alertParts };
      const after = this.partsFor(next.alerts);
      try {
        this.config = next.alerts;
        this.alertParts = after;
        await this.components.exchange(alertPartKinds, after.parts);
      } catch (error) {
        this.config = before.config;
        this.alertParts = before.parts;
        throw error;
      }
    }
    this.parts.setLogLevels(next.trading.log);
  }

  private partsFor(alerts: AlertConfig): AlertParts {
    return alertParts(alerts, this.places, this.parts.plan.registry, (name) => this.alerts.troubleOf(name));
  }

  private tellOfEdit({ kind, text }: Edit): void {
    if (kind === "changed") this.note({ kind: "settings changed", gravity: "notice", message: text });
    else this.note({ kind: "settings refused", gravity: "alarm", message: text });
  }

  /** Into journal, log and alerts; what somebody changed is worth knowing, what was refused is to be mended. */
  private note(incident: Pick<Incident, "kind" | "gravity" | "message">): void {
    if (this.robot === null) this.parts.log.warn({ kind: incident.kind }, incident.message);
    else this.robot.note({ ...incident, symbol: null });
  }

  /** Alerts go and commands come over the channels that are open. */
  private follow(): void {
    const terms = this.terms();
    this.alerts.follow(terms);
    this.chats.follow(terms.channels);
  }

  private terms() {
    return {
      config: this.config,
      channels: this.alertParts.channels,
      isOn: (id: string) => this.components.isOpen(id),
    };
  }

  private ownParts(): readonly ComponentPart[] {
    const { plan, monitorPort, home } = this.parts;
    const { configWatch } = this;
    return [
      ...robotParts(() => (this.facts ??= this.health.facts()), {
        broker: plan.broker.use,
        source: plan.source,
      }),
      // What the reporter asks for before it compares; nothing hangs on it.
      { kind: "shadow", name: "shadow", isSwitchable: true, open() {} },
      ...this.stateParts({
        home,
        ...this.places,
        config: plan.settings?.config,
        configPath: plan.settings?.path,
      }),
      ...plan.models.map(({ name, fingerprint }) => modelPart(name, fingerprint)),
      ...(monitorPort === null ? [] : [this.monitorPart(monitorPort)]),
      ...(configWatch === null
        ? []
        : [{ kind: "config", name: "config", health: () => configWatch.health() }]),
    ];
  }

  private stateParts(place: StatePlace): readonly ComponentPart[] {
    if (!hasState(place)) return [];
    const note = this.note.bind(this);
    return [statePart(new StateWatch({ clock: systemClock, update: updateBeside(place), note }))];
  }

  private monitorPart(port: number): ComponentPart {
    return {
      kind: "monitor",
      name: "monitor",
      isSwitchable: true,
      open: async () => {
        this.pages = await openMonitoring({
          host: "127.0.0.1",
          port,
          health: () => healthOf(this.reports()),
          status: () => this.health.status(),
          withProcess: true,
          rejections: unhandledRejections,
        });
        this.parts.log.info({ url: this.pages.url }, "health and figures are served");
      },
      close: () => this.pages?.close(),
      health: () => ({ condition: "ok", detail: this.pages?.url ?? "" }),
    };
  }
}

/** A model is opened before the robot starts and asked at every bar; one that fails ends the robot, which says so. */
function modelPart(name: string, fingerprint: string): ComponentPart {
  const detail = `asked at every bar; what it learned is ${fingerprint.slice(0, 12)}`;
  return { kind: "model", name, health: () => ({ condition: "ok", detail }) };
}
