import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What the process holds open, by kind of resource. */
export type Handles = ReadonlyMap<string, number>;

/** One look at a process that should stay as it is. */
export type SoakSample = {
  /** What lives on after everything else was thrown away, typed arrays included. */
  readonly heldMb: number;
  readonly handles: Handles;
};

/** Memory may grow by so much with every day of the market: bars, orders and decisions of a session are kept. */
export const growthMbPerDayMax = 1;
/** Timers and questions on their way come and go; more than so many of a kind are a leak. */
const handlesMore = 3;

/** Looks at what a process holds, and hears of rejections that nobody handles, which then do not end it. */
export class SoakMeter {
  readonly samples: SoakSample[] = [];
  readonly rejections: string[] = [];
  private readonly onRejection = (reason: unknown): void => void this.rejections.push(String(reason));
  private readonly collect: () => void;

  constructor() {
    // The only way to ask for a collection that needs no flag of the process.
    setFlagsFromString("--expose-gc");
    this.collect = runInNewContext("gc") as () => void;
    process.on("unhandledRejection", this.onRejection);
  }

  look(): SoakSample {
    this.collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    const sample = { heldMb: (heapUsed + arrayBuffers) / 1e6, handles: openHandles() };
    this.samples.push(sample);
    return sample;
  }

  /** Growth by a sample of what is held, by least squares over the samples from `from` on; NaN for fewer than two. */
  growthMb(from: number): number {
    const values = this.samples.slice(from).map(({ heldMb }) => heldMb);
    const middle = (values.length - 1) / 2;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    let [up, down] = [0, 0];
    for (const [k, value] of values.entries()) {
      up += (k - middle) * (value - mean);
      down += (k - middle) ** 2;
    }
    return up / down;
  }

  close(): void {
    process.off("unhandledRejection", this.onRejection);
  }
}

/** What the process holds open now. */
export function openHandles(): Handles {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** The kinds of which there are clearly more than before, in words. */
export function grownHandles(before: Handles, after: Handles): readonly string[] {
  return [...after].flatMap(([kind, count]) => {
    const then = before.get(kind) ?? 0;
    return count > then + handlesMore ? [`${kind}: ${then} before, ${count} after`] : [];
  });
}
