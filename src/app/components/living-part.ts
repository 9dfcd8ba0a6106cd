import { KiwiError } from "../../base/errors.ts";
import {
  componentId,
  type Component,
  type ComponentHealth,
  type ComponentPart,
  type ComponentReport,
  type ComponentState,
} from "../../ports/component.ts";

/** A part and where it stands in its life. */
export class LivingPart implements Component {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly needs: readonly string[];
  readonly isCritical: boolean;
  readonly isSwitchable: boolean;
  state: ComponentState = "closed";
  private readonly part: ComponentPart;
  private failure: unknown = null;

  constructor(part: ComponentPart) {
    this.part = part;
    this.id = componentId(part);
    this.kind = part.kind;
    this.name = part.name;
    this.needs = part.needs ?? [];
    this.isCritical = part.isCritical ?? false;
    this.isSwitchable = part.isSwitchable ?? false;
  }

  /** Whether whoever needs it has to do without. */
  get isMissing(): boolean {
    return this.state === "off" || this.state === "failed";
  }

  /** Opens it unless it is open. Throws what it throws, and remembers that. */
  async open(): Promise<void> {
    if (this.state === "open") return;
    this.state = "opening";
    try {
      await this.part.open?.();
      this.state = "open";
    } catch (error) {
      this.state = "failed";
      this.failure = error;
      throw error;
    }
  }

  async close(after: ComponentState): Promise<void> {
    this.state = "closing";
    try {
      await this.part.close?.();
    } finally {
      this.state = after;
    }
  }

  health(): ComponentHealth {
    if (this.state === "off") return { condition: "ok", detail: "switched off" };
    if (this.state === "failed") return healthOfFailure(this.failure);
    if (this.state !== "open") return { condition: "starting", detail: `it is ${this.state}` };
    try {
      return this.part.health?.() ?? { condition: "ok", detail: "open" };
    } catch (error) {
      return healthOfFailure(error);
    }
  }

  /** What others see of it; `missing` are the parts that nobody can lean on. */
  report(missing: ReadonlySet<string>): ComponentReport {
    const { id, kind, name, needs, isCritical, isSwitchable } = this;
    const own = this.health();
    const lacking = needs.filter((need) => missing.has(need));
    const health: ComponentHealth =
      own.condition === "ok" && this.state === "open" && lacking.length > 0
        ? {
            condition: "degraded",
            detail: `${own.detail}, without ${lacking.join(", ")}`,
            fix: `what ${lacking[0]} lacks stands on its own line; one that is off: kiwi components enable "${lacking[0]}"`,
          }
        : own;
    return { id, kind, name, state: this.stateBy(health), ...health, isCritical, isSwitchable, needs };
  }

  /** A part that somebody else opens is as open as it is well. */
  private stateBy({ condition }: ComponentHealth): ComponentState {
    if (this.part.open !== undefined || this.state !== "open") return this.state;
    return condition === "failed" ? "failed" : condition === "starting" ? "opening" : "open";
  }
}

/** An error as a state of health: with its way out, where it has one. */
function healthOfFailure(error: unknown): ComponentHealth {
  if (error instanceof KiwiError)
    return {
      condition: "failed",
      detail: `${error.parts.code} ${error.parts.message}`,
      fix: error.parts.fix,
    };
  return { condition: "failed", detail: error instanceof Error ? error.message : String(error) };
}
