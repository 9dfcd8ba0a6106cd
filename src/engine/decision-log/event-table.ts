import type { Hash } from "node:crypto";
import { bytesOf } from "../../base/hash.ts";
import { InternedTexts } from "../../base/interned-texts.ts";

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
  "trimmed", // value, limit, signed quantity that passed, how many orders share the room; the text names the rule
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

/** The numbers of the kinds. Who writes events names one of these: to look a kind up by its name costs more than to write. */
export const eventCode = Object.fromEntries(eventKinds.map((kind, code) => [kind, code])) as Readonly<
  Record<EventKind, number>
>;

const { fill: fillCode } = eventCode;
/** The numbers of a row: time, first, second, third. */
const numbersWide = 5;
/** Its whole numbers: instrument, kind, text. */
const codesWide = 3;
const isHashed = eventKinds.map((kind) => hashedKinds.has(kind));

/** One event, as read back. */
export type DecisionEvent = {
  readonly timeMs: number;
  readonly instrument: number;
  readonly kind: EventKind;
  readonly first: number;
  readonly second: number;
  readonly third: number;
  /** Of a fill: what of its cost was slippage. Of what was trimmed: how many orders share the room. 0 of everything else. */
  readonly fourth: number;
  readonly text: string;
};

/** Events as rows of numbers with their texts interned: cheap to write, canonical to hash. */
export class EventTable {
  length = 0;
  // Two tables and not a column for each field: to write a row touches two places in memory and not seven.
  private numbers = new Float64Array(256 * numbersWide);
  private codes = new Int32Array(256 * codesWide);
  private readonly texts = new InternedTexts(eventKinds.length);
  private readonly textsHashed: string[] = [];
  private readonly hashNumbers: (number | undefined)[] = [];

  /** Appends an event; `code` is one of `eventCode`. */
  add(
    timeMs: number,
    instrument: number,
    code: number,
    first: number,
    second: number,
    third: number,
    text: string,
    fourth = 0,
  ): void {
    const row = this.length;
    if (row * numbersWide === this.numbers.length) this.grow();
    const { numbers, codes } = this;
    const at = row * numbersWide;
    numbers[at] = timeMs;
    numbers[at + 1] = canonical(first);
    numbers[at + 2] = canonical(second);
    numbers[at + 3] = canonical(third);
    numbers[at + 4] = fourth;
    const place = row * codesWide;
    codes[place] = instrument;
    codes[place + 1] = code;
    codes[place + 2] = this.texts.add(text, code);
    this.length = row + 1;
  }

  /** Forgets everything and keeps the room: a sweep writes thousands of runs into one table. */
  reset(): void {
    this.length = 0;
    this.texts.clear();
    this.textsHashed.length = 0;
    this.hashNumbers.length = 0;
  }

  /** Reads an event back. */
  at(row: number): DecisionEvent {
    return {
      timeMs: this.numbers[row * numbersWide]!,
      instrument: this.codes[row * codesWide]!,
      kind: eventKinds[this.kindAt(row)]!,
      first: this.numbers[row * numbersWide + 1]!,
      second: this.numbers[row * numbersWide + 2]!,
      third: this.numbers[row * numbersWide + 3]!,
      fourth: this.numbers[row * numbersWide + 4]!,
      text: this.textAt(row),
    };
  }

  /** How many events of a kind there are, by text: the rows of the funnel. */
  countsOf(kind: EventKind): ReadonlyMap<string, number> {
    const code = eventCode[kind];
    const counts = new Map<string, number>();
    for (let row = 0; row < this.length; row++) {
      if (this.kindAt(row) !== code) continue;
      const text = this.textAt(row);
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

  /** Feeds the numbers of the decisions among the events `from` to `to - 1` into a hash; rows are fed once and in order. */
  hashInto(hash: Hash, from: number, to: number): void {
    const numbers = new Float64Array((to - from) * 7);
    let at = 0;
    for (let row = from; row < to; row++) {
      const kind = this.kindAt(row);
      if (!isHashed[kind]) continue;
      const source = row * numbersWide;
      numbers[at] = this.numbers[source]!;
      numbers[at + 1] = this.codes[row * codesWide]!;
      numbers[at + 2] = kind;
      numbers[at + 3] = this.numbers[source + 1]!;
      numbers[at + 4] = this.numbers[source + 2]!;
      // What a fill cost beyond its price no real venue tells: it is in the equity that follows.
      numbers[at + 5] = kind === fillCode ? 0 : this.numbers[source + 3]!;
      numbers[at + 6] = this.hashNumber(this.codes[row * codesWide + 2]!);
      at += 7;
    }
    hash.update(bytesOf(numbers.subarray(0, at)));
  }

  /** The texts of all events that were fed into a hash: numbered by first appearance, so that numbers and list say the same in every run. */
  hashedTexts(): string {
    return JSON.stringify(this.textsHashed);
  }

  /** Numbers the texts of hashed events alone: what a venue says in between must not move them. */
  private hashNumber(text: number): number {
    let number = this.hashNumbers[text];
    if (number === undefined) {
      number = this.textsHashed.push(this.texts.at(text)) - 1;
      this.hashNumbers[text] = number;
    }
    return number;
  }

  private kindAt(row: number): number {
    return this.codes[row * codesWide + 1]!;
  }

  private textAt(row: number): string {
    return this.texts.at(this.codes[row * codesWide + 2]!);
  }

  private grow(): void {
    this.numbers = larger(this.numbers, new Float64Array(this.numbers.length * 2));
    this.codes = larger(this.codes, new Int32Array(this.codes.length * 2));
  }
}

/** One bit pattern for every missing number and for zero, so that equal events have equal bytes. */
function canonical(value: number): number {
  return Number.isNaN(value) ? Number.NaN : value + 0;
}

function larger<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
