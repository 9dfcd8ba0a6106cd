import { scorePredictions } from "../../src/analysis/predictions/score-predictions.ts";
import { onnxRuntime } from "../../src/adapters/runtime/onnx-runtime.ts";
import { Prng } from "../../src/base/prng.ts";
import type { Recalibrated } from "../../src/learning/judge/recalibrate.ts";
import { shrunkenKelly } from "../../src/learning/judge/shrunken-kelly.ts";
import { EnsembleRows } from "../../src/learning/ensemble/ensemble-rows.ts";
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
  return learnFrom(data, await learnerOf(family), seed, isPlain ? undefined : await onnxRuntime());
}

/** The families that need no network as one: pooled row by row, with records of what came after each. */
async function together(planted: Planted, seed: number): Promise<Found> {
  const members: Found[] = [];
  for (const family of plain) members.push(await find(planted, family, seed));
  const [{ fold, conformal }] = members as unknown as readonly [Found];
  const { from, to } = fold.test;
  const { closeTimeMs, labels } = planted.data;
  const close = new Float64Array(to).fill(1);
  for (let row = 1; row < to; row++)
    close[row] = close[row - 1]! * (labels.outcome[row - 1]! > 0.5 ? 1.01 : 0.99);
  const pick = (found: Found, name: "probability" | "low" | "high") =>
    Float64Array.from(found.answers, (answer) => answer[name]);
  const of = members.map((found) => ({
    probability: pick(found, "probability"),
    low: pick(found, "low"),
    high: pick(found, "high"),
  }));
  const rows = new EnsembleRows({
    horizons: [1, 1, 1],
    terms: ["short", "short", "short"],
    horizonBars: 1,
    lookbackTrades: 50,
    pool: "linear",
    penalty: 1,
    timeframeMs: 3_600_000,
  });
  const moment = { close, closeTimeMs, shares: [0, 0, 0, 0, 1] };
  const answers = Array.from({ length: to - from }, (_, k) => {
    const { pooled, trust } = rows.speak({ from, to, of }, from + k, moment)!;
    return rangeOf(pooled, trust, 0);
  });
  return { fold, answers, conformal };
}

/** Learns a planted edge, and holds what was found against what is true. */
export async function measurePlanted(family: Family, rows: number, seed: number): Promise<LearningFigures> {
  const planted = plant(rows, seed, edge);
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

function scoresOf({ data }: Planted, { fold, answers, conformal }: Found) {
  const { from, to } = fold.test;
  return scorePredictions(
    {
      closeTimeMs: data.closeTimeMs.slice(from, to),
      probability: Float64Array.from(answers, ({ probability }) => probability),
      outcome: data.labels.outcome.slice(from, to),
      weights: data.weights.slice(from, to),
      persistence: data.persistence.slice(from, to),
      conformal: new Float64Array(to - from).fill(conformal),
    },
    1,
    1,
  );
}

/** Mean, and the bound that it lies above with 95 % confidence by Student's t; 1.729 for twenty seeds. */
function boundOf(values: readonly number[]): string {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
  return `${mean.toFixed(3)} (bound ${(mean - (1.729 * deviation) / Math.sqrt(values.length)).toFixed(3)}, least ${Math.min(...values).toFixed(3)})`;
}

/** The full size: `npm run prove learning [families] [seeds] [rows]`. Prints a line for each family as it is done. */
export async function prove(
  families = [...plain, "ensemble"].join(),
  seedsText = "20",
  rowsText = "18000",
): Promise<string> {
  const seeds = Array.from({ length: Number(seedsText) }, (_, k) => k + 1);
  const rows = Number(rowsText);
  const lines: string[] = [];
  for (const family of families.split(",") as Family[]) {
    const found: LearningFigures[] = [];
    const nothing: NothingFigures[] = [];
    const mixed: NothingFigures[] = [];
    for (const seed of seeds) {
      found.push(await measurePlanted(family, rows, seed));
      nothing.push(await measureNothing(family, rows, 1_000 + seed, false));
      mixed.push(await measureNothing(family, rows, 2_000 + seed, true));
    }
    const of = (name: keyof LearningFigures) => boundOf(found.map((one) => one[name]));
    const mean = (name: keyof LearningFigures) =>
      (found.reduce((sum, one) => sum + one[name], 0) / found.length).toFixed(4);
    const zero = (figures: readonly NothingFigures[]) =>
      figures.filter(({ sizeMedian }) => sizeMedian === 0).length;
    const line =
      `${family}, ${seeds.length} seeds: skill ${of("skill")}; growth ${of("growth")}; held ${of("held")}; ` +
      `Bayes ${mean("bayes")}; error against true chances ${mean("errorKnown")}, against outcomes ${mean("errorSeen")}; ` +
      `resolution ${mean("resolution")}; coverage ${mean("coverage")}; without an edge: ` +
      `${nothing.filter(({ low, high }) => low <= 0.5 && high >= 0.5).length} intervals hold one half, ` +
      `${zero(nothing)} medians of 0; shuffled: ${zero(mixed)} medians of 0`;
    console.error(line);
    lines.push(`- ${line}`);
  }
  return lines.join("\n");
}
