import { buildSession, layGround } from "../src/app/session/build-session.ts";
import { runThrough } from "../src/app/runs/run-backtest.ts";
import { runConfigSchema, type RunConfigInput } from "../src/app/config/run-config.ts";
import { hourMs } from "../src/base/time.ts";
import { BarTable } from "../src/domain/bar-table.ts";
import type { ApprovedOrder, ExecutionReport, VenueCode } from "../src/domain/order.ts";
import type { MarketSlice } from "../src/domain/slice.ts";
import type { Session } from "../src/engine/session.ts";
import type { Broker } from "../src/ports/broker.ts";
import { strategy, type AnyStrategy, type TargetOptions } from "../src/ports/strategy.ts";

/** Targets by the number of the bar, from 1, at whose close they are stated. */
export type Script = Readonly<Record<number, readonly [weight: number, options?: Partial<TargetOptions>]>>;
export type Quad = readonly [open: number, high: number, low: number, close: number, volume?: number];

/** A strategy that states the scripted targets. */
export function scripted(script: Script): AnyStrategy {
  return strategy({
    name: "scripted",
    summary: "States what the script says.",
    params: {},
    setup: () => ({}),
    onBar({ timeMs, target }) {
      const line = script[timeMs / hourMs];
      if (line !== undefined) target(line[0], { reason: "script", ...line[1] });
    },
  });
}

/** Hourly bars; a bare number is a bar that stood still there. */
export function hours(bars: readonly (Quad | number)[], symbol = "TEST"): BarTable {
  const table = new BarTable(symbol, "1h");
  for (const [k, bar] of bars.entries()) {
    const [open, high, low, close, volume = 1_000] =
      typeof bar === "number" ? ([bar, bar, bar, bar] as const) : bar;
    table.append((k + 1) * hourMs, open, high, low, close, volume);
  }
  return table;
}

/** A margin account of 1,000 without costs, whole units. */
export const plainAccount: RunConfigInput = {
  account: { kind: "margin", cash: 1_000, leverage: 5 },
  costs: { commission: { use: "rate", rate: 0 }, slippage: { use: "fixed", rate: 0 }, borrowRate: 0 },
  instruments: { "*": { lotSize: 1, calendar: "24/7" } },
};

/** Runs a script over bars to their end. */
export function runScript(
  script: Script,
  bars: readonly (Quad | number)[],
  config: RunConfigInput = plainAccount,
  broker?: (venue: Broker) => Broker,
): Session {
  const table = hours(bars);
  const parsed = runConfigSchema.parse(config);
  const setup = { bars: [table], strategy: scripted(script), params: {}, config: parsed };
  const ground = layGround(setup.bars, parsed);
  const session = buildSession(setup, ground, broker === undefined ? {} : { broker });
  runThrough(session, ground);
  return session;
}

/** What happened, as lines `hour kind number text`; signals left out. */
export function eventsOf({ recorder }: Session): readonly string[] {
  const { events } = recorder.log;
  return Array.from({ length: events.length }, (_, row) => {
    const { timeMs, kind, first, second, text } = events.at(row);
    const number = kind === "fill" ? `${first}@${second}` : first;
    return `${timeMs / hourMs} ${kind} ${number} ${text}`;
  }).filter((line) => !line.includes(" signal "));
}

/** A broker that a test may speak through: what `answer` returns is heard instead of the venue being asked. */
export class InterruptedBroker implements Broker {
  readonly sent: ApprovedOrder[] = [];
  /** Everything that the venue itself has told. */
  readonly told: ExecutionReport[] = [];
  private readonly venue: Broker;
  private readonly answer: (order: ApprovedOrder, count: number) => ExecutionReport | null;
  private readonly answers: ExecutionReport[] = [];
  private readonly extra: (slice: MarketSlice) => readonly ExecutionReport[];

  constructor(
    venue: Broker,
    answer: (order: ApprovedOrder, count: number) => ExecutionReport | null,
    extra: (slice: MarketSlice) => readonly ExecutionReport[] = () => [],
  ) {
    this.venue = venue;
    this.answer = answer;
    this.extra = extra;
  }

  quietUntil(from: number): number {
    return from;
  }

  get hasAnswers(): boolean {
    return this.answers.length > 0 || this.venue.hasAnswers;
  }

  submit(order: ApprovedOrder): void {
    this.sent.push(order);
    const answer = this.answer(order, this.sent.length);
    if (answer === null) this.venue.submit(order);
    else this.answers.push(answer);
  }

  cancel(order: ApprovedOrder): void {
    this.venue.cancel(order);
  }

  modify(order: ApprovedOrder): void {
    this.venue.modify(order);
  }

  advance(slice: MarketSlice): readonly ExecutionReport[] {
    const reports = [...this.venue.advance(slice)];
    this.told.push(...reports);
    return [...this.answers.splice(0), ...reports, ...this.extra(slice)];
  }
}

/** A refusal as a venue would word it. */
export function refusalOf(order: ApprovedOrder, code: VenueCode): ExecutionReport {
  const { id: orderId, requestedMs: timeMs } = order;
  return { kind: "rejected", orderId, timeMs, cumulativeQuantity: 0, code, reason: code };
}
