import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import type { Health } from "./health.ts";
import type { RobotStatus } from "../robot/robot-types.ts";

const second = 1_000;

/**
 * What Prometheus reads: every value is taken from the robot's status at the moment of the scrape, nothing is counted
 * twice. Names are documented in docs/reference/monitoring.md.
 */
export class Metrics {
  private readonly registry = new Registry();
  private readonly figures = new Map<string, Gauge | Counter>();

  constructor(withProcess: boolean) {
    if (withProcess) collectDefaultMetrics({ register: this.registry, prefix: "kiwi_" });
    for (const name of misnamed) this.registry.removeSingleMetric(name);
    for (const [name, { help, labels }] of Object.entries(documented)) {
      const options = { name, help, labelNames: [...labels], registers: [this.registry] };
      this.figures.set(name, name.endsWith("_total") ? new Counter(options) : new Gauge(options));
    }
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** The page of a scrape. */
  async page(status: RobotStatus | null, health: Health, rejections = 0): Promise<string> {
    for (const figure of this.figures.values()) figure.reset();
    for (const { id, condition } of health.components)
      this.set("kiwi_component_healthy", condition === "ok" ? 1 : 0, { component: id });
    this.set("kiwi_up", health.condition === "failed" ? 0 : 1);
    this.set("kiwi_unhandled_rejections_total", rejections);
    if (status !== null) this.take(status);
    return this.registry.metrics();
  }

  private take(status: RobotStatus): void {
    const { counts, trading, positions, orders } = status;
    this.set("kiwi_equity", status.equity);
    this.set("kiwi_cash", status.cash);
    if (status.venueEquity !== null) this.set("kiwi_venue_equity", status.venueEquity.equity);
    for (const state of ["active", "reducing", "halted"] as const)
      this.set("kiwi_trading_state", trading.state === state ? 1 : 0, { state });
    this.set("kiwi_line_live", status.line.kind === "live" ? 1 : 0);
    if (!Number.isNaN(status.lastBarMs)) this.set("kiwi_last_bar_time_seconds", status.lastBarMs / second);
    this.set("kiwi_last_turn_time_seconds", status.lastTurnMs / second);
    this.set("kiwi_open_orders", orders.length);
    for (const { symbol, quantity, lastPrice, unrealizedPnl } of positions) {
      this.set("kiwi_position_quantity", quantity, { symbol });
      if (Number.isFinite(lastPrice)) this.set("kiwi_position_price", lastPrice, { symbol });
      if (Number.isFinite(unrealizedPnl)) this.set("kiwi_unrealized_pnl", unrealizedPnl, { symbol });
    }
    this.set("kiwi_slices_total", counts.slices);
    this.set("kiwi_orders_total", counts.sent, { outcome: "sent" });
    this.set("kiwi_orders_total", counts.refusedHere, { outcome: "refused_here" });
    this.set("kiwi_orders_total", status.heldBack.refused, { outcome: "refused_by_limit" });
    this.set("kiwi_orders_total", status.heldBack.trimmed, { outcome: "trimmed_by_limit" });
    this.set("kiwi_orders_total", counts.refusedByVenue, { outcome: "refused_by_venue" });
    this.set("kiwi_orders_total", counts.canceled, { outcome: "canceled" });
    this.set("kiwi_orders_total", counts.unknown, { outcome: "unknown" });
    this.set("kiwi_orders_total", counts.resent, { outcome: "resent" });
    this.set("kiwi_fills_total", counts.fills);
  }

  private set(
    name: keyof typeof documented,
    value: number,
    labels: Readonly<Record<string, string>> = {},
  ): void {
    this.figures.get(name)!.inc(labels, value);
  }
}

/** Gauges of the library that are called like counters, which Prometheus warns about; their parts are there by type. */
const misnamed = ["handles", "requests", "resources"].map((what) => `kiwi_nodejs_active_${what}_total`);

type Documented = { readonly help: string; readonly labels: readonly string[] };
const plain = (help: string): Documented => ({ help, labels: [] });

/** Every metric with its meaning; docs/reference/monitoring.md shows the same list. */
export const documented = {
  kiwi_up: plain("1 while no critical component has failed"),
  kiwi_component_healthy: { help: "1 while a component is ok", labels: ["component"] },
  kiwi_equity: plain("Equity by our own books, in base currency"),
  kiwi_cash: plain("Cash by our own books, in base currency"),
  kiwi_venue_equity: plain("Equity as the venue last told it"),
  kiwi_trading_state: { help: "1 for the state that trading is in", labels: ["state"] },
  kiwi_line_live: plain("1 while the line to the venue is live"),
  kiwi_last_bar_time_seconds: plain("Close of the newest bar, Unix time"),
  kiwi_last_turn_time_seconds: plain("When the robot's loop last went round, Unix time"),
  kiwi_open_orders: plain("Orders that work now"),
  kiwi_position_quantity: { help: "Signed quantity held", labels: ["symbol"] },
  kiwi_position_price: { help: "Last price of what is held, in quote currency", labels: ["symbol"] },
  kiwi_unrealized_pnl: {
    help: "Profit of what is held at the last price, in the account's currency",
    labels: ["symbol"],
  },
  kiwi_slices_total: plain("Slices lived through since the start"),
  kiwi_orders_total: { help: "Orders since the start, by what became of them", labels: ["outcome"] },
  kiwi_fills_total: plain("Fills booked since the start"),
  kiwi_unhandled_rejections_total: plain("Failures of the process that no part of it has caught"),
} as const satisfies Readonly<Record<string, Documented>>;
