import { isSent } from "../../engine/journal/restore-session.ts";
import type { JournalRecord } from "../../ports/journal-store.ts";
import type { EngineAnswer } from "./engine-messages.ts";
import type { EngineProcess } from "./engine-process.ts";

/** Bars that are handed over together. */
const barsAtOnceMax = 20_000;
const tellEveryMs = 5_000;

/**
 * Has a new engine live through a journal, in pieces: while it lives through one the next is read, so that a journal of months
 * never lies in memory. `onRelived` hears every few seconds how far it is. Rejects with `EngineGone`.
 */
export async function liveThrough(
  engine: Pick<EngineProcess, "ask">,
  records: Iterable<JournalRecord>,
  onRelived: (timeMs: number) => void,
): Promise<EngineAnswer> {
  let piece: JournalRecord[] = [];
  let bars = 0;
  let toldMs = performance.now();
  let under: Promise<unknown> = Promise.resolve();
  for (const record of records) {
    if (!isForEngine(record)) continue;
    piece.push(record);
    if (record.kind !== "slice") continue;
    bars += 1 + record.bars.length;
    if (bars < barsAtOnceMax) continue;
    await under;
    under = engine.ask({ kind: "restore", records: piece, isLast: false });
    // Whoever waits for it next hears of its end.
    under.catch(() => {});
    [piece, bars] = [[], 0];
    if (performance.now() - toldMs < tellEveryMs) continue;
    toldMs = performance.now();
    onRelived(record.timeMs);
  }
  await under;
  return engine.ask({ kind: "restore", records: piece, isLast: true });
}

const kindsForEngine: ReadonlySet<JournalRecord["kind"]> = new Set([
  "slice",
  "muted",
  "predicted",
  "trading",
]);

/** What a session follows from; the rest of a journal is between desk and venue. */
function isForEngine(record: JournalRecord): boolean {
  return isSent(record) || kindsForEngine.has(record.kind);
}
