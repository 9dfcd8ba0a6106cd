import { TakenBatch, type LiveBatch } from "../../data/live/live-batch.ts";
import type { PredictionStage } from "./prediction-stage.ts";

/**
 * A live feed whose bars have been predicted on before anybody steps through them: the one place between feed and `step` where a
 * run waits for a model; the engine behind it stays synchronous. A live batch appends its bars slice by slice while it is
 * read, so it is handed on slice by slice.
 */
export async function* predictingFeed(
  feed: AsyncIterable<LiveBatch>,
  stage: PredictionStage,
): AsyncGenerator<LiveBatch> {
  for await (const batch of feed) {
    while (batch.advance()) {
      await stage.catchUp();
      let isTaken = false;
      yield new TakenBatch(batch.slice, batch.catchUpToMs, () => {
        const isFirst = !isTaken;
        isTaken = true;
        return isFirst;
      });
    }
  }
}
