import { expect, test } from "vitest";
import type { JournalRecord } from "../../ports/journal-store.ts";
import type { EngineAnswer, EngineQuestion } from "./engine-messages.ts";
import { liveThrough } from "./live-through.ts";

type Piece = Extract<EngineQuestion, { readonly kind: "restore" }>;

const bar = (k: number) => ({ closeTimeMs: k, open: 1, high: 1, low: 1, close: 1, volume: 1 });
const stepOf = (k: number): JournalRecord => ({
  kind: "slice",
  timeMs: k,
  isStale: false,
  reports: [],
  bars: Array.from({ length: 100 }, (_, instrument) => ({ instrument, ...bar(k) })),
});

/** Answers like a thread, one question after the other, and notes how many wait for it. */
function askedEngine(failAt = Infinity) {
  const pieces: Piece[] = [];
  const state = { waiting: 0, most: 0 };
  const ask = async (question: EngineQuestion): Promise<EngineAnswer> => {
    pieces.push(question as Piece);
    state.most = Math.max(state.most, (state.waiting += 1));
    await Promise.resolve();
    state.waiting -= 1;
    if (pieces.length === failAt) throw new Error("gone");
    return { kind: "relived" };
  };
  return { engine: { ask }, pieces, state };
}

test("a long journal goes over in pieces: all that the session follows from, in order, and no more than one piece waits", async () => {
  const records: JournalRecord[] = [];
  for (let k = 1; k <= 1_000; k++) {
    records.push(stepOf(k), { kind: "cancel", orderId: k as never });
    records.push({ kind: "blocked", atMs: k, symbol: "A", reason: "" });
    if (k % 100 === 0) records.push({ kind: "trading", atMs: k, state: "active", reason: "" });
  }
  const { engine, pieces, state } = askedEngine();
  await liveThrough(engine, records, () => {});
  expect(pieces.flatMap((piece) => piece.records)).toEqual(records.filter(({ kind }) => kind !== "blocked"));
  expect(pieces.length).toBeGreaterThan(4);
  expect(Math.max(...pieces.map((piece) => piece.records.length))).toBeLessThan(500);
  expect(pieces.map(({ isLast }) => isLast)).toEqual([...pieces.slice(1).map(() => false), true]);
  expect(state.most).toBe(1);
});

test("a thread that ends in the middle is heard of at once, and is handed nothing more", async () => {
  const { engine, pieces } = askedEngine(2);
  const steps = Array.from({ length: 1_000 }, (_, k) => stepOf(k + 1));
  await expect(liveThrough(engine, steps, () => {})).rejects.toThrow("gone");
  expect(pieces).toHaveLength(2);
});
