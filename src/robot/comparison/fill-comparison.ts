import { joined, matchMsMax, type ComparedFill, type JoinedFill } from "./compared-fills.ts";
import { ComparedSide } from "./compared-side.ts";
import { Halts } from "./halts.ts";
import { Tally, type WhyAlone } from "./tally.ts";

/**
 * The fills of two sides, held against each other as they come. What is long over is settled: it is paired, added up and
 * forgotten, so that to look again costs as much as what is new. The outcome is that of all fills looked at together, as
 * long as none is told later than what `settle` was called with.
 */
export class FillComparison {
  readonly ours: ComparedSide;
  readonly theirs: ComparedSide;
  private readonly settled = new Tally();
  private readonly marketPrice: (fill: ComparedFill) => number;
  private readonly halts: Halts;

  /** `marketPrice` is asked anew until a fill is settled: its bar may not have closed yet. `halts` are those of ours. */
  constructor(
    ours: ComparedSide,
    theirs: ComparedSide,
    marketPrice: (fill: ComparedFill) => number = (fill) => fill.marketPrice,
    halts = new Halts(),
  ) {
    this.ours = ours;
    this.theirs = theirs;
    this.marketPrice = marketPrice;
    this.halts = halts;
  }

  /** Settles our fills before `timeMs`, and those of theirs that no later one of ours can be the counterpart of. */
  settle(timeMs: number): void {
    const { ours, theirs, settled } = this;
    const [own, others] = [this.joinedOf(ours), this.joinedOf(theirs)];
    const end = own.findIndex((fill) => fill.timeMs >= timeMs);
    const over = end < 0 ? own : own.slice(0, end);
    const rest = end < 0 ? [] : own.slice(end);
    const alone = settled.addFills(over, others, (fill) => this.whyAlone(fill, theirs));
    const firstMs = rest.reduce((first, fill) => Math.min(first, fill.timeMs), timeMs) - matchMsMax;
    for (const fill of alone)
      if (fill.timeMs < firstMs) settled.addAlone(fill, -1, this.whyAlone(fill, ours));
    ours.recent = partsOf(rest);
    theirs.recent = partsOf(alone.filter((fill) => fill.timeMs >= firstMs));
  }

  /** Of all fills until now. What was filled after `answeredMs` is not missed yet: our fill may be on its way. */
  tally(answeredMs = Infinity): Tally {
    const { ours, theirs } = this;
    const tally = this.settled.copy();
    const whyOurs = (fill: ComparedFill): WhyAlone => this.whyAlone(fill, theirs);
    const alone = tally.addFills(this.joinedOf(ours), this.joinedOf(theirs), whyOurs, answeredMs);
    for (const fill of alone) tally.addAlone(fill, -1, this.whyAlone(fill, ours), answeredMs);
    return tally;
  }

  private whyAlone(fill: ComparedFill, { orders }: ComparedSide): WhyAlone {
    if (!orders.has(fill)) return "data";
    return this.halts.touches(fill.timeMs - fill.afterMs, fill.timeMs) ? "waited" : "missed";
  }

  private joinedOf({ recent }: ComparedSide): readonly JoinedFill[] {
    return joined(recent.map((fill) => ({ ...fill, marketPrice: this.marketPrice(fill) })));
  }
}

function partsOf(fills: readonly JoinedFill[]): ComparedFill[] {
  return fills.flatMap(({ parts }) => parts);
}
