import type { Bars } from "../../domain/bars.ts";
import type { Conversion } from "../../domain/currency.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { LedgerAccount } from "../../domain/ledger.ts";
import type { ParamValue } from "../../domain/params.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { Trade } from "../../domain/trade.ts";
import type { EventTable } from "../../engine/decision-log/event-table.ts";
import type { MetricsReport } from "../metrics/metrics-report.ts";
import type { SelectionInput } from "../selection/selection-input.ts";

/** Where the bars of a run come from: a synthetic market says nothing about a real one. */
export type DataKind = "real" | "synthetic" | "unknown";

/** Where bars ended on their way to trades; what said no is counted by reason. */
export type ReportFunnel = {
  /** Bars of all symbols; more than decisions where those are made on longer bars. */
  readonly bars: number;
  readonly decisions: number;
  readonly warmingUp: number;
  readonly silent: number;
  readonly signals: number;
  /** What became of the signals, each counted once: these five add up to them. */
  readonly overruled: Readonly<Record<string, number>>;
  readonly unsized: Readonly<Record<string, number>>;
  readonly unchanged: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly actedOn: number;
  /** Orders sent, those that protect and those of breakers included. */
  readonly orders: number;
  readonly ordersFilled: number;
  /** Orders that never were sent, because the gate refused them, and orders that it made smaller. */
  readonly ordersRefused: Readonly<Record<string, number>>;
  readonly ordersTrimmed: Readonly<Record<string, number>>;
  /** Orders that ended without being filled to the last lot. */
  readonly unfilled: Readonly<Record<string, number>>;
  readonly fills: number;
  /** Fills of orders that the venue sent because the account could not carry its positions. */
  readonly marginCallFills: number;
  /** Fills that an assumption about the way of the price inside a bar decided. */
  readonly assumedFills: number;
  readonly trades: number;
};

/** One file or feed that the bars came from. */
export type ReportSource = {
  readonly name: string;
  readonly symbol: string;
  readonly rows: number;
  /** Rows that could not be right and were not used. */
  readonly quarantined: number;
  /** Bars that the calendar expected and the source does not have; `null` when nobody counted. */
  readonly gaps: number | null;
};

/** A proof that was tried on this run; `null` when it was not tried. */
export type ReportCheck = { readonly id: string; readonly pass: boolean | null };

/** The same run at a multiple of its costs. */
export type CostPoint = {
  readonly costMultiple: number;
  readonly totalReturn: number | null;
  readonly sharpe: number | null;
};

/** What a report says about a run beside its numbers. */
export type ReportMeta = {
  readonly runId: string;
  readonly title: string;
  readonly strategyName: string;
  readonly strategySummary: string;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly dataKind: DataKind;
  readonly dataHash: string;
  readonly configHash: string;
  readonly codeHash: string;
  readonly seed: number;
  /** The line that makes this run again. */
  readonly command: string;
  readonly kiwiVersion: string;
  readonly nodeVersion: string;
  readonly wallMs: number;
  /** What trading cost in this run, one line each. */
  readonly costs: readonly string[];
  readonly sources: readonly ReportSource[];
  readonly warnings: readonly string[];
  readonly checks: readonly ReportCheck[];
  /** Configurations tried on these data, this one included; `null` when unknown. */
  readonly trialCount: number | null;
  /** What differs from the default configuration, one line each. */
  readonly configDiff: readonly string[];
};

/** One series that a strategy watched, by its own name for it: what it saw when each of its bars had closed. */
export type StrategySeries = {
  readonly name: string;
  /** Whether the series says of itself that it belongs over the prices. */
  readonly isPriced: boolean;
  readonly timeMs: Float64Array;
  /** NaN where there was no value. Rows 0 to `length - 1` count. */
  readonly values: Float64Array;
  readonly length: number;
};

/** A finished backtest as a person wants to see it. Money is in `baseCurrency`, times are UTC milliseconds. */
export type ReportInput = {
  readonly meta: ReportMeta;
  readonly baseCurrency: string;
  /** What its account pays for whole, and what it only carries the profit of. */
  readonly account: LedgerAccount;
  /** The timeframe that was decided on. */
  readonly timeframe: Timeframe;
  /** The bars that orders filled on, by instrument. */
  readonly bars: readonly Bars[];
  readonly instruments: readonly Instrument[];
  /** What the strategy watched on an instrument, made when somebody wants to draw it. */
  readonly seriesOf?: (instrument: number) => readonly StrategySeries[];
  /** How each instrument's quote currency becomes base currency. */
  readonly conversions: readonly Conversion[];
  /** Name of each instrument's calendar; the first one annualises. */
  readonly calendarNames: readonly string[];
  /** Close time and equity of every slice (rows 0 to `length - 1`), and everything that happened. */
  readonly log: {
    readonly timeMs: Float64Array;
    readonly equity: Float64Array;
    readonly length: number;
    readonly events: Pick<EventTable, "length" | "at">;
  };
  /** Closed trades in the order of their exits. */
  readonly trades: readonly Trade[];
  readonly metrics: MetricsReport;
  readonly funnel: ReportFunnel;
  /** Holding with the same money and costs, of all symbols or of one: one value per row of `log`. */
  readonly benchmarkEquity: Float64Array | null;
  /** The symbol that was held; without it everything that the run trades was. */
  readonly benchmarkName?: string;
  /** What became of the bars of buy & hold. */
  readonly benchmarkFunnel?: ReportFunnel;
  /** What was held when the bars ended, signed quantities. */
  readonly openPositions: readonly { readonly instrument: number; readonly quantity: number }[];
  readonly decisionsHash: string;
  /** The run again at other costs; without it that section says so. */
  readonly costSensitivity?: readonly CostPoint[];
  /** How it chose, where the run chose among several strategies. */
  readonly selection?: SelectionInput;
};
