import { KiwiError } from "../base/errors.ts";
import { formatTime } from "../base/time.ts";
import type { ParamValue } from "../domain/params.ts";
import type { Position } from "../domain/portfolio.ts";
import type { Series, TargetOptions } from "../ports/strategy.ts";
import type { AccountView } from "./account-view.ts";
import type { MemberRunner } from "./member-runner.ts";

/** The one object that a portfolio strategy is handed, decision after decision. */
export class RebalanceView {
  readonly p: Readonly<Record<string, ParamValue>>;
  readonly memory: unknown;
  timeMs = 0;
  members: readonly string[] = [];
  // Functions of its own, and not methods: strategies take the view apart.
  readonly rank: (by: string, first?: "highest" | "lowest") => readonly string[];
  readonly series: (symbol: string) => Readonly<Record<string, Series>>;
  readonly position: (symbol: string) => Position;
  readonly weight: (symbol: string) => number;
  readonly target: (symbol: string, weight: number, options: string | TargetOptions) => void;
  readonly closeOthers: (reason: string) => void;
  readonly #account: AccountView;
  readonly #runners: readonly MemberRunner[];
  readonly #strategyName: string;
  #present: ReadonlySet<string> = new Set();

  constructor(
    strategyName: string,
    p: Readonly<Record<string, ParamValue>>,
    memory: unknown,
    account: AccountView,
    runners: readonly MemberRunner[],
  ) {
    this.#strategyName = strategyName;
    this.p = p;
    this.memory = memory;
    this.#account = account;
    this.#runners = runners;
    this.rank = (by, first = "highest") => this.#rank(by, first);
    this.series = (symbol) => this.#seriesOf(symbol);
    this.position = (symbol) => this.#runnerOf(symbol).position;
    this.weight = (symbol) => account.shareOf(symbol);
    this.target = (symbol, weight, options) => this.#target(symbol, weight, options);
    this.closeOthers = (reason) => this.#closeOthers(reason);
  }

  get equity(): number {
    return this.#account.equity;
  }
  get cash(): number {
    return this.#account.cash;
  }
  get openPositionsMax(): number {
    return this.#account.openPositionsMax;
  }
  get held(): readonly string[] {
    return this.#heldRunners().map(({ symbol }) => symbol);
  }

  /** Begins a decision. */
  at(timeMs: number, members: readonly string[]): this {
    this.timeMs = timeMs;
    this.members = members;
    this.#present = new Set(members);
    return this;
  }

  #heldRunners(): readonly MemberRunner[] {
    return this.#account.held.toSorted((a, b) => a - b).map((index) => this.#runners[index]!);
  }

  #runnerOf(symbol: string): MemberRunner {
    return this.#runners[this.#account.instrumentOf(symbol).index]!;
  }

  #seriesOf(symbol: string): Readonly<Record<string, Series>> {
    const series = this.#runnerOf(symbol).series;
    if (series === null) throw this.#notAMember(symbol, "reads the series of");
    return series;
  }

  #rank(by: string, first: "highest" | "lowest"): readonly string[] {
    const sign = first === "highest" ? -1 : 1;
    const valued = this.members
      .map((symbol) => ({ symbol, value: this.#seriesOf(symbol)[by]!.now }))
      .filter(({ value }) => Number.isFinite(value));
    return valued
      .sort((a, b) => sign * (a.value - b.value) || this.#bySize(a.symbol, b.symbol))
      .map(({ symbol }) => symbol);
  }

  /** Of equals the most traded comes first, then the dearest: a name decides only where the data say nothing. */
  #bySize(one: string, other: string): number {
    const [a, b] = [this.#runnerOf(one).size, this.#runnerOf(other).size];
    return b[0] - a[0] || b[1] - a[1];
  }

  #target(symbol: string, weight: number, options: string | TargetOptions): void {
    const runner = this.#runnerOf(symbol);
    if (weight !== 0 && !this.#present.has(symbol)) throw this.#notAMember(symbol, "wants to hold");
    runner.want(weight, options, this.timeMs);
  }

  #closeOthers(reason: string): void {
    for (const runner of this.#heldRunners()) if (runner.signal === null) runner.want(0, reason, this.timeMs);
  }

  #notAMember(symbol: string, does: string): KiwiError {
    return new KiwiError({
      code: "STRATEGY_NOT_A_MEMBER",
      exit: "data",
      message: `strategy ${this.#strategyName} ${does} ${symbol} at ${formatTime(this.timeMs)}, which is no member then`,
      why: "a member is listed, in the universe of that day, and its series have warmed up",
      fix: `take symbols from members or rank(...), or ask first: if (members.includes("${symbol}"))`,
      topic: "strategy-errors",
    });
  }
}
