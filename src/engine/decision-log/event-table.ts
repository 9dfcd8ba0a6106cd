import type { Hash } from "node:crypto";
import { bytesOf } from "../../base/hash.ts";

/** What an event row says; its meaning decides what the three numbers are. */
const eventKinds = [
  "signal", // weight, share of equity after sizing, wanted quantity; the text is the strategy's reason
  "order", // signed quantity, limit, stop or trigger price or trail (NaN: market), order id; the text is the reason
  "refused", // value, limit, signed quantity; the text names the rule
  "fill", // signed quantity, price, commission and slippage together in quote currency, slippage alone; the text is maker or taker
  "canceled", // order id; the text is the reason
  "rejected", // order id; the text is the reason
  "expired", // order id; the text is the reason
  "charged", // amount, of a split also new shares for one old; the text is its kind
  "alarm", // value, limit; the text names the rule
  "trimmed", // value, limit, signed quantity that passed; the text names the rule
  "selection", // index of the strategy (-1: none), its score, index of the runner-up; the text is the reason
] as const;
/** The kinds of events that a recorder keeps. */
export type EventKind = (typeof eventKinds)[number];

/** What was decided and what came of it. How a venue words its answers, and what it charges, is not our decision. */
const hashedKinds: ReadonlySet<EventKind> = new Set([
  "signal",
  "order",
  "refused",
  "trimmed",
  "fill",
  "alarm",
  "selection",
]);

const codeOf = Object.fromEntries(eventKinds.map((kind, code) => [kind, code])) as Record<EventKind, number>;

const fillCode = codeOf.fill;
const isHashed = eventKinds.map((kind) => hashedKinds.has(kind));

/** One event, as read back. */
export type DecisionEvent = {
  readonly timeMs: number;
  readonly instrument: number;
  readonly kind: EventKind;
  readonly first: number;
  readonly second: number;
  readonly third: number;
  /** Of a fill: what of its cost was slippage. 0 of everything else. */
  readonly fourth: number;
  readonly text: string;
};

/** Events in typed columns with their texts interned: cheap to write, canonical to hash. */
export class EventTable {
  length = 0;
  private timeMs = new Float64Array(256);
  private instrument = new Int32Array(256);
  private kind = new Uint8Array(256);
  private first = new Float64Array(256);
  private second = new Float64Array(256);
  private third = new Float64Array(256);
  private fourth = new Float64Array(256);
  private text = new Int32Array(256);
  private readonly recentText: (string | null)[] = eventKinds.map(() => null);
  private readonly recentIndex: number[] = eventKinds.map(() => -1);
  private readonly texts: string[] = [];
  private readonly hashedTexts: string[] = [];
  private readonly hashNumbers: (number | undefined)[] = [];
  private readonly textIndex = new Map<string, number>();

  /** Appends an event. */
  add(
    timeMs: number,
    instrument: number,
    kind: EventKind,
    first: number,
    second: number,
    third: number,
    text: string,
    fourth = 0,
  ): void {
    const row = this.length;
    if (row === this.timeMs.length) this.grow();
    this.timeMs[row] = timeMs;
    this.instrument[row] = instrument;
    const code = codeOf[kind];
    this.kind[row] = code;
    this.first[row] = canonical(first);
    this.second[row] = canonical(second);
    this.third[row] = canonical(third);
    this.fourth[row] = fourth;
    // Most events of a kind repeat the text before them.
    if (this.recentText[code] !== text) {
      this.recentText[code] = text;
      this.recentIndex[code] = this.intern(text);
    }
    this.text[row] = this.recentIndex[code]!;
    this.length = row + 1;
  }

  /** Forgets everything and keeps the room: a sweep writes thousands of runs into one table. */
  reset(): void {
    this.length = 0;
    this.texts.length = 0;
    this.hashedTexts.length = 0;
    this.hashNumbers.length = 0;
    this.textIndex.clear();
    this.recentText.fill(null);
    this.recentIndex.fill(-1);
  }

  /** Reads an event back. */
  at(row: number): DecisionEvent {
    return {
      timeMs: this.timeMs[row]!,
      instrument: this.instrument[row]!,
      kind: eventKinds[this.kind[row]!]!,
      first: this.first[row]!,
      second: this.second[row]!,
      third: this.third[row]!,
      fourth: this.fourth[row]!,
      text: this.texts[this.text[row]!]!,
    };
  }

  /** How many events of a kind there are, by text: the rows of the funnel. */
  countsOf(kind: EventKind): ReadonlyMap<string, number> {
    const code = codeOf[kind];
    const counts = new Map<string, number>();
    for (let row = 0; row < this.length; row++) {
      if (this.kind[row] !== code) continue;
      const text = this.texts[this.text[row]!]!;
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    return counts;
  }

  /** How many events of a kind there are. */
  count(kind: EventKind): number {
    let sum = 0;
    for (const count of this.countsOf(kind).values()) sum += count;
    return sum;
  }

  /** Feeds the decisions among the events from `from` on into a hash, texts included. */
  hashInto(hash: Hash, from: number): void {
    const numbers = new Float64Array((this.length - from) * 7);
    let at = 0;
    for (let row = from; row < this.length; row++) {
      if (!isHashed[this.kind[row]!]) continue;
      numbers[at] = this.timeMs[row]!;
      numbers[at + 1] = this.instrument[row]!;
      numbers[at + 2] = this.kind[row]!;
      numbers[at + 3] = this.first[row]!;
      numbers[at + 4] = this.second[row]!;
      // What a fill cost beyond its price no real venue tells: it is in the equity that follows.
      numbers[at + 5] = this.kind[row] === fillCode ? 0 : this.third[row]!;
      numbers[at + 6] = this.hashNumber(this.text[row]!);
      at += 7;
    }
    hash.update(bytesOf(numbers.subarray(0, at)));
    // Texts are numbered by first appearance, so the numbers above and the list say the same in every run.
    hash.update(JSON.stringify(this.hashedTexts));
  }

  /** Numbers the texts of hashed events alone: what a venue says in between must not move them. */
  private hashNumber(text: number): number {
    let number = this.hashNumbers[text];
    if (number === undefined) {
      number = this.hashedTexts.push(this.texts[text]!) - 1;
      this.hashNumbers[text] = number;
    }
    return number;
  }

  private intern(text: string): number {
    let index = this.textIndex.get(text);
    if (index === undefined) {
      index = this.texts.push(text) - 1;
      this.textIndex.set(text, index);
    }
    return index;
  }

  private grow(): void {
    const capacity = this.timeMs.length * 2;
    this.timeMs = larger(this.timeMs, new Float64Array(capacity));
    this.instrument = larger(this.instrument, new Int32Array(capacity));
    this.kind = larger(this.kind, new Uint8Array(capacity));
    this.first = larger(this.first, new Float64Array(capacity));
    this.second = larger(this.second, new Float64Array(capacity));
    this.third = larger(this.third, new Float64Array(capacity));
    this.fourth = larger(this.fourth, new Float64Array(capacity));
    this.text = larger(this.text, new Int32Array(capacity));
  }
}

/** One bit pattern for every missing number and for zero, so that equal events have equal bytes. */
function canonical(value: number): number {
  return Number.isNaN(value) ? Number.NaN : value + 0;
}

function larger<T extends Int32Array | Uint8Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
