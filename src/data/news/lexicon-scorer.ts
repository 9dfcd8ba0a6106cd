import type { SentimentScore, SentimentScorer } from "../../ports/news-source.ts";
import { dampeners, intensifiers, negations } from "./lexicon-modifiers.ts";
import { phrases } from "./lexicon-phrases.ts";
import { wordGroups } from "./lexicon-words.ts";

/** A headline says what its writer takes for the point. */
const headlineShare = 2;
const summaryShare = 1;
/** So many words back a negation reaches: "did not really grow". */
const negationReach = 3;
/** "Not good" is less bad than "bad". */
const negationFactor = -0.7;
const intensifierFactor = 1.5;
const dampenerFactor = 0.6;
/** "Is it time to buy?" claims nothing. */
const questionFactor = 0.5;
/** With so much found, the scorer is half sure: one word in a headline. */
const halfConfidence = 2;

const weights: ReadonlyMap<string, number> = new Map(
  wordGroups.flatMap(({ weight, words }) => words.split(" ").map((word) => [word, weight] as const)),
);
const phraseWords = Object.entries(phrases)
  .map(([text, weight]) => ({ words: text.split(" "), weight }))
  .sort((a, b) => b.words.length - a.words.length);
const phrasesByFirst = Map.groupBy(phraseWords, ({ words }) => words[0]!);

type Hit = { readonly words: readonly string[]; readonly weight: number; readonly share: number };

/**
 * Scores an article by the words in it: the mean weight of the words of a small finance lexicon that occur, with
 * negation, emphasis and doubt heard, the headline counting twice. No words found: score 0, confidence 0.
 *
 * It reads English headlines about the company itself. It knows no irony, no comparison ("less bad than feared"), no
 * numbers ("down 40 %" is "down"), not who of two companies is meant, and not whether the market expected it.
 */
export const lexiconScorer: SentimentScorer = {
  name: "lexicon",
  version: "1",
  score(item) {
    const hits = [
      ...hitsIn(item.headline, headlineShare),
      // Where a source repeats the headline as the summary it says nothing twice.
      ...(item.summary === item.headline ? [] : hitsIn(item.summary, summaryShare)),
    ];
    return combine(hits);
  },
};

function combine(hits: readonly Hit[]): SentimentScore {
  const share = hits.reduce((sum, hit) => sum + hit.share, 0);
  if (share === 0) return { score: 0, confidence: 0, words: [] };
  const score = hits.reduce((sum, hit) => sum + hit.share * hit.weight, 0) / share;
  const words = hits.map((hit) => hit.words.join(" "));
  return { score, confidence: share / (share + halfConfidence), words };
}

function hitsIn(text: string, share: number): readonly Hit[] {
  const hits: Hit[] = [];
  for (const sentence of sentencesOf(text)) {
    const words = sentence.match(/[a-z0-9]+(?:[-'][a-z0-9]+)*|\?/g) ?? [];
    const doubt = words.at(-1) === "?" ? questionFactor : 1;
    for (let at = 0; at < words.length;) {
      const found = lookUp(words, at);
      // A phrase of weight 0 is there to hide its words.
      if (found.weight !== 0) hits.push({ ...found, share, weight: modified(words, at, found) * doubt });
      at += found.words.length;
    }
  }
  return hits;
}

/** The longest phrase that begins here, or the single word. */
function lookUp(words: readonly string[], at: number): { words: readonly string[]; weight: number } {
  const phrase = phrasesByFirst
    .get(words[at]!)
    ?.find((one) => one.words.every((word, offset) => words[at + offset] === word));
  return phrase ?? { words: [words[at]!], weight: weights.get(words[at]!) ?? 0 };
}

function modified(words: readonly string[], at: number, found: { words: readonly string[]; weight: number }) {
  const before = words.slice(Math.max(0, at - negationReach), at);
  const beside = [...words.slice(Math.max(0, at - 2), at), words[at + found.words.length] ?? ""];
  let { weight } = found;
  if (beside.some((word) => intensifiers.has(word))) weight *= intensifierFactor;
  if (beside.some((word) => dampeners.has(word))) weight *= dampenerFactor;
  weight = Math.min(1, Math.max(-1, weight));
  return before.some((word) => negations.has(word)) ? weight * negationFactor : weight;
}

/** Lower-case sentences without markup; a question keeps its mark. */
function sentencesOf(text: string): readonly string[] {
  const plain = text
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/&#0?39;|&rsquo;|&apos;|[\u2018\u2019]/g, "'")
    .replaceAll(/&[a-z]+;|&#\d+;/gi, " ")
    .toLowerCase();
  return plain.split(/(?<=[.!?;])\s+/);
}
