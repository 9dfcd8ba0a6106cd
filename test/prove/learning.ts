import { scorePredictions } from "../../src/analysis/predictions/score-predictions.ts";
import { onnxRuntime } from "../../src/adapters/runtime/onnx-runtime.ts";
import { Prng } from "../../src/base/prng.ts";
import type { Recalibrated } from "../../src/learning/judge/recalibrate.ts";
import { shrunkenKelly } from "../../src/learning/judge/shrunken-kelly.ts";
import type { Span } from "../../src/learning/data/splits.ts";
import { adaptiveReach, conformalSets } from "../../src/learning/judge/conformal-sets.ts";
import { EnsembleRows } from "../../src/learning/ensemble/ensemble-rows.ts";
import type { ModelJudgement } from "../../src/ports/model.ts";
import { rangeOf } from "../../src/learning/ensemble/pool-opinions.ts";
import { networkLearner, type NetworkFamily } from "../../src/learning/predictors/fit-network.ts";
import { plainLearner, type Learner } from "../../src/learning/predictors/fit-predictor.ts";
import { learnFrom, plant, type Found, type Planted } from "../planted-market.ts";

/** Every row moves the price by one part in a hundred; getting in and out costs two in ten thousand. */
const move = 0.01;
const cost = 0.0002;
const kelly = 0.25;
/** Logits by which features move the chance: the best possible accuracy is about 0.57. */
const edge = 0.22;

const plain = ["logistic", "boosted", "forest"] as const;
const networks = ["short-term", "medium-term", "long-term"] as const satisfies readonly NetworkFamily[];
type Family = (typeof plain)[number] | NetworkFamily | "ensemble";

/** What one family found on the market of one seed. */
export type LearningFigures = {
  readonly bayes: number;
  /** (accuracy - base) / (Bayes - base), by true chances. */
  readonly skill: number;
  /** Expected log growth after costs, as a share of the same fraction of Kelly's by who knows every chance. */
  readonly growth: number;
  /** Share of bars with an edge after costs on which something is held. */
  readonly held: number;
  /** Distance of groups of probabilities from true chances, and from outcomes. */
  readonly errorKnown: number;
  readonly errorSeen: number;
  readonly resolution: number;
  readonly coverage: number;
};

/** What one family found where nothing is: accuracy with its interval, and the median size. */
export type NothingFigures = { readonly low: number; readonly high: number; readonly sizeMedian: number };

const sizeOf = ({ low, high }: Pick<Recalibrated, "low" | "high">): number =>
  shrunkenKelly({ low, high, calibrationError: 0, move, cost, kelly });

async function learnerOf(family: Exclude<Family, "ensemble">): Promise<Learner> {
  switch (family) {
    case "logistic":
      return plainLearner("logistic");
    case "boosted":
      return plainLearner("boosted", { boosted: { rounds: 200 } });
    case "forest":
      return plainLearner("forest", { forest: { trees: 80 } });
    default:
      return networkLearner({
        family,
        size: "small",
        runtime: await onnxRuntime(),
        checkpointOf: () => null,
        codeVersion: "",
      });
  }
}

async function find(planted: Planted, family: Family, seed: number): Promise<Found> {
  const { data } = planted;
  if (family === "ensemble") return together(planted, seed);
  const isPlain = plain.some((one) => one === family);
  return isPlain
    ? learnFrom(data, await learnerOf(family), seed)
    : learnFrom(data, await learnerOf(family), seed, "window", await onnxRuntime());
}

/**
 * The families that need no network as one: pooled row by row, with records of what came after each. Its 90 % sets are as wide as
 * it itself was wrong on the rows that recalibrated its members.
 */
async function together(planted: Planted, seed: number): Promise<Found> {
  const members: Found[] = [];
  for (const family of plain) members.push(await find(planted, family, seed));
  const [{ fold, answered }] = members as unknown as readonly [Found];
  const judgements = members.map((member) => judgementOf(planted, member));
  const before = pooled(
    planted,
    judgements,
    answered,
    members.map(({ calibrated }) => calibrated),
  );
  const { outcome } = planted.data.labels;
  const sets = conformalSets(
    before.map(({ probability }) => probability),
    [...outcome.subarray(answered.from, answered.to)],
  );
  const answers = pooled(
    planted,
    judgements,
    fold.test,
    members.map((member) => member.answers),
  );
  const reach = adaptiveReach(
    sets,
    answers.map(({ probability }) => probability),
    planted.data.labels,
    fold.test,
  );
  return { fold, answers, answered, calibrated: before, reach };
}

/** What a walk forward over the rows that recalibrated a member says of it. */
function judgementOf({ data }: Planted, { answered: { from }, calibrated }: Found): ModelJudgement {
  const gains = calibrated.map(({ probability }, k) =>
    Math.log(2 * (data.labels.outcome[from + k]! > 0.5 ? probability : 1 - probability)),
  );
  return { gain: gains.reduce((sum, gain) => sum + gain, 0) / gains.length, outcomes: gains.length };
}

function pooled(
  { data }: Planted,
  judgements: readonly ModelJudgement[],
  { from, to }: Span,
  members: readonly (readonly Recalibrated[])[],
) {
  const close = new Float64Array(to).fill(1);
  for (let row = 1; row < to; row++)
    close[row] = close[row - 1]! * (data.labels.outcome[row - 1]! > 0.5 ? 1.01 : 0.99);
  const of = members.map((answers) => {
    const pick = (name: keyof Recalibrated) => Float64Array.from(answers, (answer) => answer[name]);
    return { probability: pick("probability"), low: pick("low"), high: pick("high") };
  });
  const rows = new EnsembleRows({
    horizons: [1, 1, 1],
    terms: ["short", "short", "short"],
    judgements,
    horizonBars: 1,
    lookbackTrades: 50,
    pool: "linear",
    penalty: 1,
    timeframeMs: 3_600_000,
  });
  const moment = { close, closeTimeMs: data.closeTimeMs, shares: [0, 0, 0, 0, 1] };
  return Array.from({ length: to - from }, (_, k) => {
    const { pooled: opinion, trust } = rows.speak({ from, to, of }, from + k, moment)!;
    return rangeOf(opinion, trust, 0);
  });
}

/** Learns a planted edge, and holds what was found against what is true. */
export async function measurePlanted(
  family: Family,
  rows: number,
  seed: number,
  rowsBack = 1,
): Promise<LearningFigures> {
  const planted = plant(rows, seed, edge, rowsBack);
  const found = await find(planted, family, seed);
  const { answers, fold } = found;
  const known = planted.chance.slice(fold.test.from, fold.test.to);
  const mean = (of: (k: number) => number) => known.reduce((sum, _, k) => sum + of(k), 0) / known.length;
  const right = (isUp: (k: number) => boolean) => mean((k) => (isUp(k) ? known[k]! : 1 - known[k]!));
  const bayes = right((k) => known[k]! > 0.5);
  const oracle = Float64Array.from(known, (chance) => sizeOf({ low: chance, high: chance }));
  const sizes = answers.map(sizeOf);
  const growth = (size: ArrayLike<number>) =>
    mean(
      (k) =>
        known[k]! * Math.log(1 + size[k]! * move - Math.abs(size[k]!) * cost) +
        (1 - known[k]!) * Math.log(1 - size[k]! * move - Math.abs(size[k]!) * cost),
    );
  const withEdge = [...oracle.keys()].filter((k) => oracle[k] !== 0);
  const scores = scoresOf(planted, found);
  return {
    bayes,
    skill: (right((k) => answers[k]!.probability > 0.5) - 0.5) / (bayes - 0.5),
    growth: growth(sizes) / growth(oracle),
    held: withEdge.filter((k) => sizes[k] !== 0).length / withEdge.length,
    errorKnown: errorAgainst(known, answers),
    errorSeen: scores.eceMass ?? Number.NaN,
    resolution: scores.resolution,
    coverage: scores.coverage,
  };
}

/** Learns where nothing is, or where a planted edge was shuffled away. */
export async function measureNothing(
  family: Family,
  rows: number,
  seed: number,
  isShuffled: boolean,
): Promise<NothingFigures> {
  const planted = isShuffled ? shuffled(plant(rows, seed, edge), seed) : plant(rows, seed, 0);
  const found = await find(planted, family, seed);
  const { low, high } = scoresOf(planted, found).accuracy;
  const sizes = found.answers.map((answer) => Math.abs(sizeOf(answer))).toSorted((a, b) => a - b);
  return { low, high, sizeMedian: sizes[sizes.length >> 1]! };
}

function shuffled({ data, chance }: Planted, seed: number): Planted {
  const random = new Prng(seed).fork("shuffle");
  const outcome = data.labels.outcome.slice();
  for (let k = outcome.length - 1; k > 0; k--) {
    const other = random.integer(k + 1);
    [outcome[k], outcome[other]] = [outcome[other]!, outcome[k]!];
  }
  const size = outcome.map((up) => (up - 0.5) * 1.3);
  return { data: { ...data, labels: { ...data.labels, outcome, size } }, chance };
}

/** Expected calibration error over ten groups of equally many, with true chances in the place of outcomes: no luck in it. */
function errorAgainst(known: Float64Array, answers: readonly Recalibrated[]): number {
  const order = [...known.keys()].sort((a, b) => answers[a]!.probability - answers[b]!.probability);
  let error = 0;
  for (let bin = 0; bin < 10; bin++) {
    const rows = order.slice((bin * order.length) / 10, ((bin + 1) * order.length) / 10);
    error += Math.abs(rows.reduce((sum, k) => sum + known[k]! - answers[k]!.probability, 0));
  }
  return error / order.length;
}

function scoresOf({ data }: Planted, { fold, answers, reach }: Found) {
  const { from, to } = fold.test;
  return scorePredictions(
    {
      closeTimeMs: data.closeTimeMs.slice(from, to),
      probability: Float64Array.from(answers, ({ probability }) => probability),
      outcome: data.labels.outcome.slice(from, to),
      weights: data.weights.slice(from, to),
      persistence: data.persistence.slice(from, to),
      conformal: reach,
    },
    1,
    1,
  );
}

/** Mean, and the bound that it lies above with 95 % confidence by Student's t. */
function boundOf(values: readonly number[]): string {
  const { length } = values;
  const mean = values.reduce((a, b) => a + b, 0) / length;
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (length - 1));
  // The 95th percentile of Student's t for one to nineteen degrees of freedom; 1.729 and less beyond.
  const t =
    [6.314, 2.92, 2.353, 2.132, 2.015, 1.943, 1.895, 1.86, 1.833, 1.812][length - 2] ??
    (length < 20 ? 1.8 : 1.729);
  const bound = length < 2 ? "none" : (mean - (t * deviation) / Math.sqrt(length)).toFixed(3);
  return `${mean.toFixed(3)} (bound ${bound}, least ${Math.min(...values).toFixed(3)})`;
}

/** What one family found on the markets of one seed. */
type SeedFigures = {
  readonly planted: LearningFigures;
  readonly nothing: NothingFigures;
  readonly shuffled: NothingFigures;
};

const everybody: readonly Family[] = [...plain, "ensemble", ...networks];

/**
 * The full size: `npm run prove learning [families] [seeds] [rows] [first seed] [rows back]`, whole or in pieces: every seed of a family
 * is written as a line of its own when it is done, and a line for the family at the end.
 */
export async function prove(
  families = everybody.join(),
  seedsText = "20",
  rowsText = "18000",
  firstText = "1",
  rowsBackText = "1",
): Promise<string> {
  const [count, rows, first, rowsBack] = [seedsText, rowsText, firstText, rowsBackText].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const lines: string[] = [];
  for (const family of families.split(",") as Family[]) {
    const found: SeedFigures[] = [];
    for (let seed = first; seed < first + count; seed++) {
      const figures = {
        planted: await measurePlanted(family, rows, seed, rowsBack),
        nothing: await measureNothing(family, rows, 1_000 + seed, false),
        shuffled: await measureNothing(family, rows, 2_000 + seed, true),
      };
      console.error(`${family} seed ${seed}: ${JSON.stringify(figures)}`);
      found.push(figures);
    }
    lines.push(`- ${family}, ${rows} rows, seeds ${first} to ${first + count - 1}: ${textOf(found)}`);
    console.error(lines.at(-1));
  }
  return lines.join("\n");
}

function textOf(found: readonly SeedFigures[]): string {
  const planted = found.map((one) => one.planted);
  const of = (name: keyof LearningFigures) => boundOf(planted.map((one) => one[name]));
  const mean = (name: keyof LearningFigures) =>
    (planted.reduce((sum, one) => sum + one[name], 0) / planted.length).toFixed(4);
  const zero = (part: "nothing" | "shuffled") => found.filter((one) => one[part].sizeMedian === 0).length;
  const half = found.filter(({ nothing: { low, high } }) => low <= 0.5 && high >= 0.5).length;
  return (
    `skill ${of("skill")}; growth ${of("growth")}; held ${of("held")}; ` +
    `Bayes ${mean("bayes")}; error against true chances ${mean("errorKnown")}, against outcomes ${mean("errorSeen")}; ` +
    `resolution ${mean("resolution")}; coverage ${mean("coverage")}; without an edge: ` +
    `${half} intervals hold one half, ${zero("nothing")} medians of 0; shuffled: ${zero("shuffled")} medians of 0`
  );
}
