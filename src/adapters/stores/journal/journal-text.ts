import { journalKinds, type JournaledBar, type JournalRecord } from "../../../ports/journal-store.ts";

type Step = Extract<JournalRecord, { readonly kind: "slice" }>;
type Row = readonly [
  instrument: number,
  closeTimeMs: number,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
];
/** A step as it is written: bars without their names, which are most of a journal. */
type WrittenStep = Omit<Step, "kind" | "bars" | "late"> & {
  readonly kind: "step";
  readonly bars: readonly Row[];
  readonly late?: readonly Row[];
};

/** A record as the text that stands in a journal. */
export function textOf(record: JournalRecord): string {
  // Of the other kinds many have such a number or a null that means itself: to look first is cheaper than to write twice.
  if (record.kind !== "slice") return JSON.stringify(withNumbers(record));
  const written = writtenStep(record);
  const text = JSON.stringify(written);
  // Looking at every value of every bar is slow: only where a null may stand for a number is it necessary.
  return text.includes("null") ? JSON.stringify(withNumbers(written)) : text;
}

/** The record in a text; the name of its kind where this Kiwi does not know it. */
export function recordIn(text: string): JournalRecord | string {
  // A number too large for a double is how JSON can say that one is infinite, and inside a text the quotes would be
  // escaped.
  const isInfinite = text.includes('{"number":"Infinity"}');
  const plain = isInfinite ? text.replaceAll('{"number":"Infinity"}', "1e999") : text;
  const record = JSON.parse(plain, plain.includes('{"number":"') ? readNumber : undefined) as
    | JournalRecord
    | WrittenStep;
  if (record.kind === "step") return readStep(record);
  return journalKinds.has(record.kind) ? record : record.kind;
}

function writtenStep({ timeMs, nowMs, isStale, isMuted, bars, late, reports }: Step): WrittenStep {
  const step = { kind: "step", timeMs, nowMs, isStale, isMuted, bars: bars.map(rowOf), reports } as const;
  return late === undefined ? step : { ...step, late: late.map(rowOf) };
}

function readStep({ timeMs, nowMs, isStale, isMuted, bars, late, reports }: WrittenStep): Step {
  const plain = { kind: "slice", timeMs, nowMs, isStale, bars: bars.map(barOf), reports } as const;
  const step = isMuted === undefined ? plain : { ...plain, isMuted };
  return late === undefined ? step : { ...step, late: late.map(barOf) };
}

function rowOf({ instrument, closeTimeMs, open, high, low, close, volume }: JournaledBar): Row {
  return [instrument, closeTimeMs, open, high, low, close, volume];
}

function barOf([instrument, closeTimeMs, open, high, low, close, volume]: Row): JournaledBar {
  return { instrument, closeTimeMs, open, high, low, close, volume };
}

/** JSON has no word for three numbers; orders that never expire have one of them. Copied where one is inside, else as it is. */
function withNumbers(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : { number: String(value) };
  if (typeof value !== "object" || value === null) return value;
  let copy: Record<string, unknown> | null = null;
  for (const key in value) {
    const inside = (value as Readonly<Record<string, unknown>>)[key];
    const written = withNumbers(inside);
    if (written === inside) continue;
    copy ??= (Array.isArray(value) ? value.slice() : { ...value }) as Record<string, unknown>;
    copy[key] = written;
  }
  return copy ?? value;
}

function readNumber(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("number" in value)) return value;
  return Number(value.number);
}
