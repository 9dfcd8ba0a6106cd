import type { LiveFeed } from "../src/data/live/live-feed-parts.ts";
import { sliceText } from "./live-market.ts";

/** What a runner was handed, batch by batch. */
export type Taken = {
  /** Slices with bars. */
  readonly slices: string[];
  /** Times of slices without bars. */
  readonly heartbeats: number[];
  /** Times of slices that were history already. */
  readonly caughtUp: number[];
  error: unknown;
  isDone: boolean;
};

/** Reads a feed as a runner does, in the background. */
export function take(feed: LiveFeed): Taken {
  const taken: Taken = { slices: [], heartbeats: [], caughtUp: [], error: null, isDone: false };
  const read = async (): Promise<void> => {
    for await (const batch of feed.batches()) {
      while (batch.advance()) {
        const { slice, catchUpToMs } = batch;
        if (slice.timeMs <= catchUpToMs && slice.count > 0) taken.caughtUp.push(slice.timeMs);
        if (slice.count === 0) taken.heartbeats.push(slice.timeMs);
        else taken.slices.push(sliceText(slice, feed.bars));
      }
    }
  };
  read().then(
    () => (taken.isDone = true),
    (error: unknown) => (taken.error = error),
  );
  return taken;
}
