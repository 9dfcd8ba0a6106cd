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

  /** Between two collections the loop goes round once: buffers are given back only then. */
  async look(): Promise<SoakSample> {
    this.collect();
    await new Promise((resolve) => setImmediate(resolve));
    this.collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    const sample = { heldMb: (heapUsed + arrayBuffers) / 1e6, handles: openHandles() };
    this.samples.push(sample);
    return sample;
  }

  /** Growth of what is held from one look to the next: the median slope of all pairs of looks from `from` on. */
  growthMb(from: number): number {
    const values = this.samples.slice(from).map(({ heldMb }) => heldMb);
    // A look that falls into something large that passes must not count for more than one.
    const slopes = values.flatMap((value, k) =>
      values.slice(k + 1).map((later, ahead) => (later - value) / (ahead + 1)),
    );
    return slopes.sort((a, b) => a - b)[slopes.length >> 1] ?? Number.NaN;
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
