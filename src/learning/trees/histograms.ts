import { featuresPerWord, type FeatureBins } from "./feature-bins.ts";
import { binsPerFeature } from "./split-search.ts";

const binsPerWord = featuresPerWord * binsPerFeature;

/** Makes histograms of the features `from` to before `to`, whose bins stand in whole words; memory is used again. */
export class Histograms {
  readonly firstFeature: number;
  private readonly words: FeatureBins["words"];
  private readonly spare: Float64Array[] = [];
  private readonly gathered: Float64Array;

  constructor({ words, rows }: FeatureBins, [from, to]: readonly [number, number]) {
    this.firstFeature = from;
    this.words = words.slice(from / featuresPerWord, Math.ceil(to / featuresPerWord));
    this.gathered = new Float64Array(rows);
  }

  /** Adds up what the rows `from` to before `to` of an order hold, for every word that has one of the features. */
  of(
    packed: Float64Array,
    order: Int32Array,
    [from, to]: readonly [number, number],
    features: Int32Array,
  ): Float64Array {
    const { gathered, words, firstFeature } = this;
    const histogram = this.spare.pop() ?? new Float64Array(words.length * binsPerWord);
    if (features.length === 0) return histogram;
    for (let k = from; k < to; k++) gathered[k] = packed[order[k]!]!;
    let done = -1;
    for (const feature of features) {
      const word = (feature - firstFeature) >> 2;
      if (word === done) continue;
      done = word;
      histogram.fill(0, word * binsPerWord, (word + 1) * binsPerWord);
      addWord(histogram, word * binsPerWord, words[word]!, gathered, order, from, to);
    }
    return histogram;
  }

  /** Takes a part away from a whole: what is left is the other part. */
  subtract(whole: Float64Array, part: Float64Array): void {
    for (let k = 0; k < whole.length; k++) whole[k]! -= part[k]!;
  }

  /** Nobody reads it any more. */
  giveBack(histogram: Float64Array): void {
    this.spare.push(histogram);
  }
}

/** The inner loop of training: four features with one look at their bins. Their histograms stay in the nearest cache. */
function addWord(
  histogram: Float64Array,
  offset: number,
  word: Int32Array,
  gathered: Float64Array,
  order: Int32Array,
  from: number,
  to: number,
): void {
  const [second, third, fourth] = [offset + 256, offset + 512, offset + 768];
  for (let k = from; k < to; k++) {
    const bins = word[order[k]!]!;
    const value = gathered[k]!;
    histogram[offset + (bins & 255)]! += value;
    histogram[second + ((bins >>> 8) & 255)]! += value;
    histogram[third + ((bins >>> 16) & 255)]! += value;
    histogram[fourth + (bins >>> 24)]! += value;
  }
}
