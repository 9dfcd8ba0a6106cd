import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { OrderRequest } from "../../domain/order.ts";
import type { Target } from "../../domain/target.ts";
import type { Plan } from "../execution/plan.ts";
import type { Portfolio } from "../execution/portfolio.ts";
import type { Refusal, Review } from "../execution/review.ts";
import type { RiskGate } from "../execution/risk-gate.ts";

/** A signal whose money did not buy one lot: which instrument, what a unit cost, and what the account had. */
export type TooSmall = { readonly instrument: number; readonly unitValue: number; readonly equity: number };

/**
 * What became of the signals of a run. Every signal has one fate, so the counts add up: overruled by a breaker or by
 * the end of the run, refused at the gate, acted on, sized to nothing, or a holding that was close enough.
 */
export class SignalFates {
  /** Orders were sent, changed or withdrawn for it, or will be when the venue has answered. */
  actedOn = 0;
  unchanged = 0;
  /** The sizer gave no share of the money. */
  unsized = 0;
  /** The share of the money was below the price of one lot. */
  tooSmall = 0;
  /** The first of them, as an example. */
  firstTooSmall: TooSmall | null = null;
  readonly overruled = new Map<string, number>();
  readonly refused = new Map<string, number>();

  /** Takes the signals of a step: what the strategies said, what was left to follow, and what the gate made of it. */
  count(
    signals: readonly Target[],
    followed: readonly Target[],
    plan: Plan,
    review: Review,
    portfolio: Portfolio,
    risk: RiskGate,
  ): void {
    let unchanged = plan.unchanged;
    for (const signal of signals) {
      // An untouched decision is the same list; only a breaker or the end of the run makes another.
      if (followed !== signals && !followed.includes(signal)) {
        const { alarm, alarmRule } = risk;
        add(this.overruled, alarm.kind === "flatten" ? `${alarmRule}: ${alarm.reason}` : "end of run");
      } else if (this.countFollowed(signal, review, portfolio, unchanged > 0)) unchanged -= 1;
    }
  }

  /** True where the holding stays as it is. */
  private countFollowed(
    { instrument, weight, quantity, equityWeight }: Target,
    { approved, changed, refused }: Review,
    portfolio: Portfolio,
    mayBeUnchanged: boolean,
  ): boolean {
    // A strategy that trades on every other bar comes here as often: the usual case asks nothing of the lists.
    const refusal = refused.length === 0 ? undefined : refusalOf(refused, instrument);
    if (refusal !== undefined) {
      add(this.refused, `${refusal.ruleName}: ${refusal.reason}`);
      return false;
    }
    if (!mayBeUnchanged || isAmong(approved, instrument) || isAmong(changed, instrument)) {
      this.actedOn += 1;
      return false;
    }
    if (weight === 0 || quantity !== 0) this.unchanged += 1;
    else if (equityWeight === 0) this.unsized += 1;
    else this.countTooSmall(instrument, portfolio);
    return true;
  }

  private countTooSmall(instrument: InstrumentIndex, portfolio: Portfolio): void {
    this.tooSmall += 1;
    const price = portfolio.ledger.lastPrice[instrument]!;
    const unitValue = portfolio.unitValue(instrument, price);
    this.firstTooSmall ??= { instrument, unitValue, equity: portfolio.equity };
  }
}

function refusalOf(refused: readonly Refusal[], instrument: InstrumentIndex): Refusal | undefined {
  return refused.find(({ order }) => order.instrument === instrument);
}

/** Whether one of the orders moves the holding of an instrument, and does not only protect it. */
function isAmong(orders: readonly OrderRequest[], instrument: InstrumentIndex): boolean {
  return orders.some((order) => order.instrument === instrument && !order.closePosition);
}

function add(counts: Map<string, number>, reason: string): void {
  counts.set(reason, (counts.get(reason) ?? 0) + 1);
}
