import type { Expr } from "../domain/expression.ts";
import { regimeLabels, type RegimeLabel } from "../domain/regime.ts";
import type { RegimeSeries } from "../ports/regime.ts";
import type { RegimeView } from "../ports/selector.ts";
import type { ColumnStore } from "../engine/columns/column-store.ts";
import type { Column } from "../engine/columns/fold.ts";

const unknown = regimeLabels.indexOf("unknown");

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The regime at one row of the decision bars. Where a series has no value yet, the regime is unknown. */
export class RegimeWindow {
  readonly expressions: Readonly<Record<string, Expr>>;
  /** By label, in the order of `regimeLabels`; they add up to 1. */
  readonly probabilities: Float64Array = new Float64Array(regimeLabels.length);
  readonly view: RegimeView;
  /** Index of the label in force. */
  label = unknown;
  private readonly posterior: readonly Column[];
  private readonly columns: Readonly<Record<"label" | "dwell" | "expectedDwell", Column>>;
  private readonly writable: Writable<RegimeView> & { posterior: Record<RegimeLabel, number> };

  constructor(series: RegimeSeries, store: ColumnStore) {
    const named = regimeLabels.map((label) => [`regime ${label}`, series.posterior[label]] as const);
    this.expressions = { ...Object.fromEntries(named), "regime in force": series.label };
    this.posterior = named.map(([, expression]) => store.column(expression));
    this.columns = {
      label: store.column(series.label),
      dwell: store.column(series.dwell),
      expectedDwell: store.column(series.expectedDwell),
    };
    this.writable = {
      label: "unknown",
      posterior: Object.fromEntries(regimeLabels.map((label) => [label, 0])) as Record<RegimeLabel, number>,
      dwellBars: 0,
      expectedDwellBars: Number.NaN,
    };
    this.view = this.writable;
  }

  /** Reads the row; a column that has not seen it yet is extended. */
  moveTo(row: number): void {
    const { label, dwell, expectedDwell } = this.columns;
    for (const column of this.posterior) column.extend();
    for (const column of [label, dwell, expectedDwell]) column.extend();
    let known = 0;
    for (let k = 0; k < this.posterior.length; k++) {
      const value = this.posterior[k]!.values[row]!;
      this.probabilities[k] = value === value ? value : 0;
      known += this.probabilities[k]!;
    }
    if (known === 0) this.probabilities[unknown] = 1;
    const inForce = label.values[row]!;
    this.label = inForce === inForce ? inForce : unknown;
    const { writable } = this;
    writable.label = regimeLabels[this.label]!;
    writable.dwellBars = dwell.values[row]!;
    writable.expectedDwellBars = expectedDwell.values[row]!;
    for (let k = 0; k < regimeLabels.length; k++)
      writable.posterior[regimeLabels[k]!] = this.probabilities[k]!;
  }
}
