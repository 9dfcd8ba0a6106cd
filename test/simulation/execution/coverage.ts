/** The faults of trading that this simulation can cause, by their number in the plan of tests, in a few words. */
export const scenarios = {
  1: "answer lost, the order reached the venue",
  2: "order lost on its way",
  3: "line reset or 5xx after an order was sent",
  4: "answer is HTML or cut off",
  5: "the venue says that it has the order already",
  6: "not found just after it was sent",
  7: "fill told before the answer to its order",
  8: "accepted, then rejected",
  9: "refused for want of money",
  10: "rate limited",
  11: "banned for a while: nothing is taken, and nothing answered",
  12: "clocks apart",
  13: "every order refused for a while",
  14: "what the venue would not take is refused here",
  15: "a slip of the finger is refused here",
  16: "too many orders in a second",
  17: "entry filled in part, then ended",
  18: "the venue refuses a stop",
  19: "both ends of a bracket fill",
  20: "the stop's price is behind the market",
  21: "cancel met by a fill",
  22: "answer to a cancel lost",
  23: "cancel of an order that has filled is refused",
  24: "cancel taken, and nothing happens for long",
  25: "change taken, and the order fills unchanged",
  26: "cancel before the order is acknowledged",
  27: "not all cancels of a kill switch are taken",
  28: "a fill told twice",
  30: "older news after newer",
  31: "fill missed while the line was down",
  32: "more filled than ordered",
  36: "fill of an order that is not ours",
  37: "line open and silent",
  48: "the venue is closed against its calendar",
  49: "crash between writing and sending",
  50: "crash between sending and the answer",
  51: "crash between a fill and its writing",
  52: "torn record, full disk, failed sync",
  53: "a second robot on the account",
  54: "the venue has forgotten what is over",
  55: "restart with a position and its protection",
  56: "the account changed while nobody looked",
  57: "question about positions fails",
  58: "the process stands still for a while",
  59: "clock jumps",
  64: "halted while the venue is away",
  67: "list of open orders not whole",
  69: "exits beside each other without reduce-only",
  73: "no answer at all for a while",
  75: "exit refused: nothing to reduce",
  79: "prices come in larger steps from now on",
  83: "position shrinks under its protection",
  85: "one symbol fails, others go on",
} as const;
export type Scenario = keyof typeof scenarios;

/** How often each fault has happened. */
export class Coverage {
  private readonly counts: Map<Scenario, number>;

  constructor(counts: Iterable<readonly [Scenario, number]> = []) {
    this.counts = new Map(counts);
  }

  /** What was counted, as plain data. */
  entries(): readonly (readonly [Scenario, number])[] {
    return [...this.counts];
  }

  hit(scenario: Scenario): void {
    this.counts.set(scenario, (this.counts.get(scenario) ?? 0) + 1);
  }

  of(scenario: Scenario): number {
    return this.counts.get(scenario) ?? 0;
  }

  add(other: Coverage): void {
    for (const [scenario, count] of other.counts) this.counts.set(scenario, this.of(scenario) + count);
  }

  /** Those that happened less often than `least`. */
  missing(least: number): readonly Scenario[] {
    return known.filter((scenario) => this.of(scenario) < least);
  }

  /** A Markdown table of all. */
  table(): string {
    const rows = known.map((scenario) => `| ${scenario} | ${scenarios[scenario]} | ${this.of(scenario)} |`);
    return ["| no. | what happens | times |", "| ---: | --- | ---: |", ...rows].join("\n");
  }
}

const known = Object.keys(scenarios).map(Number) as Scenario[];
