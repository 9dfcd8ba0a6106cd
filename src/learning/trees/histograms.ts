import type { Span } from "../data/splits.ts";
import { featuresPerWord, type FeatureBins, type Matrix } from "./feature-bins.ts";
import { binsPerFeature } from "./split-search.ts";
import { bufferFor, type Team } from "./team.ts";

const binsPerWord = featuresPerWord * binsPerFeature;
/** Nodes whose histograms the members of a team add up in one meeting. */
const nodesAtOnce = 16;

/** Room in which the members of a team show what their rows add to histograms, on two sides; none for one alone. */
export function partialsMemory({ width }: Matrix, teamSize: number): Float64Array {
  const words = Math.ceil(width / featuresPerWord);
  const count = teamSize === 1 ? 0 : teamSize * 2 * nodesAtOnce * words * binsPerWord;
  return new Float64Array(bufferFor(teamSize, count * 8));
}

/** What histograms are made of: packed derivatives by row, and the order in which the rows of nodes lie side by side. */
export type HistogramSource = { readonly packed: Float64Array; readonly order: Int32Array };

/**
 * Makes histograms of the features `from` to before `to`, whose bins stand in whole words; memory is used again. In a team each
 * member counts its rows for all features, and adds up what all of them counted for features of its own. Sums are of whole
 * numbers: the same for any number of members.
 */
export class Histograms {
  readonly firstFeature: number;
  private readonly words: FeatureBins["words"];
  private readonly firstWord: number;
  private readonly endWord: number;
  private readonly team: Team;
  private readonly partials: Float64Array;
  private readonly spare: Float64Array[] = [];
  private readonly gathered: Float64Array;

  constructor(
    { words, rows }: FeatureBins,
    [from, to]: readonly [number, number],
    team: Team,
    partials: Float64Array,
  ) {
    this.firstFeature = from;
    this.words = words;
    this.firstWord = from / featuresPerWord;
    this.endWord = Math.ceil(to / featuresPerWord);
    this.team = team;
    this.partials = partials;
    this.gathered = new Float64Array(rows);
  }

  /** The histogram of each of some nodes, over every word that has one of the node's features. */
  of(
    source: HistogramSource,
    nodes: readonly Span[],
    features: readonly Int32Array[],
  ): readonly Float64Array[] {
    const words = features.map(wordsOf);
    if (this.team.size === 1)
      return nodes.map((node, k) => {
        const histogram = this.room();
        this.count(histogram, -this.firstWord * binsPerWord, source, node, words[k]!);
        return histogram;
      });
    const made: Float64Array[] = [];
    for (let from = 0; from < nodes.length; from += nodesAtOnce) {
      const part = nodes.slice(from, from + nodesAtOnce);
      for (const [k, node] of part.entries())
        this.count(this.partials, this.placeOf(this.team.index, k), source, node, words[from + k]!);
      this.team.meet();
      for (const k of part.keys()) made.push(this.addUp(k, words[from + k]!));
      this.team.turn();
    }
    return made;
  }

  /** Takes a part away from a whole: what is left is the other part. */
  subtract(whole: Float64Array, part: Float64Array): void {
    for (let k = 0; k < whole.length; k++) whole[k]! -= part[k]!;
  }

  /** Nobody reads it any more. */
  giveBack(histogram: Float64Array): void {
    this.spare.push(histogram);
  }

  private room(): Float64Array {
    return this.spare.pop() ?? new Float64Array((this.endWord - this.firstWord) * binsPerWord);
  }

  /** Where a member shows its part of the histogram of a node. */
  private placeOf(member: number, node: number): number {
    return ((2 * member + this.team.side) * nodesAtOnce + node) * this.words.length * binsPerWord;
  }

  private count(
    into: Float64Array,
    place: number,
    { packed, order }: HistogramSource,
    { from, to }: Span,
    words: readonly number[],
  ): void {
    const { gathered } = this;
    for (let k = from; k < to; k++) gathered[k] = packed[order[k]!]!;
    for (const word of words) {
      sumWord(this.words[word]!, gathered, order, from, to);
      into.set(sums, place + word * binsPerWord);
    }
  }

  private addUp(node: number, words: readonly number[]): Float64Array {
    const histogram = this.room();
    for (const word of words) {
      if (word < this.firstWord || word >= this.endWord) continue;
      const to = (word - this.firstWord) * binsPerWord;
      for (let member = 0; member < this.team.size; member++)
        add(histogram, to, this.partials, this.placeOf(member, node) + word * binsPerWord, member === 0);
    }
    return histogram;
  }
}

/** Words that the bins of some features stand in, each once. */
function wordsOf(features: Int32Array): readonly number[] {
  return [...new Set(Array.from(features, (feature) => Math.floor(feature / featuresPerWord)))];
}

function add(into: Float64Array, to: number, part: Float64Array, from: number, isFirst: boolean): void {
  if (isFirst) into.set(part.subarray(from, from + binsPerWord), to);
  else for (let k = 0; k < binsPerWord; k++) into[to + k]! += part[from + k]!;
}

/** Sums of one word. Places below its constant length need no look at bounds, which halves the time of the loop below. */
const sums = new Float64Array(4 * 256);

/** The inner loop of training: four features with one look at their bins. Their histograms stay in the nearest cache. */
function sumWord(
  word: Int32Array,
  gathered: Float64Array,
  order: Int32Array,
  from: number,
  to: number,
): void {
  sums.fill(0);
  for (let k = from; k < to; k++) {
    const bins = word[order[k]!]!;
    const value = gathered[k]!;
    sums[bins & 255]! += value;
    sums[256 | ((bins >>> 8) & 255)]! += value;
    sums[512 | ((bins >>> 16) & 255)]! += value;
    sums[768 | (bins >>> 24)]! += value;
  }
}
