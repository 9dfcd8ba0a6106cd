import { canonicalJson, sha256 } from "../../../base/hash.ts";
import type { Expr } from "../../../domain/expression.ts";
import { timeframeMs } from "../../../domain/timeframe.ts";
import { regimeLabels } from "../../../domain/regime.ts";
import { betaWith, rangeOf } from "../../../learning/ensemble/pool-opinions.ts";
import { EnsembleRows, type EnsembleRule, type Spoken } from "../../../learning/ensemble/ensemble-rows.ts";
import { termOf } from "../../../learning/ensemble/member-weights.ts";
import type { Model, ModelRows, ModelTools } from "../../../ports/model.ts";
import type { RegimeDetector } from "../../../ports/regime.ts";
import type { EnsembleConfig } from "../../config/models-config.ts";
import { refuseSilent, sharedPlace, type NamedModel } from "./check-members.ts";
import { MemberAnswers } from "./member-answers.ts";

/** In a volatile market an opinion must be surer by so much. */
const volatileCaution = 0.02;
const shared = ["probability", "low", "high", "alpha", "beta", "agreement", "trust"] as const;
const outputsOf = (members: number): readonly string[] => [
  ...shared,
  ...Array.from({ length: members }, (_, k) => `weight${k + 1}`),
];

/**
 * Several models of one symbol as one: pooled by weights that follow regime, record and confidence, with everything known at the
 * row and nothing later. Throws `ENSEMBLE_MIXED` and `ENSEMBLE_MEMBER_SILENT`.
 */
export function ensembleModel(
  name: string,
  config: EnsembleConfig,
  members: readonly NamedModel[],
  regime: RegimeDetector,
): Model {
  const { symbol, timeframe } = sharedPlace(name, members);
  for (const member of members) refuseSilent(name, member);
  const horizons = members.map(({ model }) => model.horizonBars);
  const horizonBars = config.horizonBars ?? horizons.toSorted((a, b) => a - b)[members.length >> 1]!;
  const rule: EnsembleRule = {
    horizons,
    terms: members.map((member) => config.terms[member.name] ?? termOf(member.model.horizonBars)),
    judgements: members.map(({ model }) => model.judgement ?? null),
    horizonBars,
    lookbackTrades: config.lookbackTrades,
    pool: config.pool,
    penalty: config.disagreementPenalty,
    timeframeMs: timeframeMs(timeframe),
  };
  const barMs = rule.timeframeMs;
  // As if it had learned until then and looked ahead as far as it does: no member has seen a bar after that.
  const trainedThroughMs = Math.max(
    ...members.map(({ model }) => model.trainedThroughMs + (model.horizonBars - horizonBars) * barMs),
  );
  const outputs = outputsOf(members.length);
  let desk: Desk | null = null;
  // By member: how many of the columns are its own.
  let widths: readonly number[] = [];
  return {
    kind: "ensemble",
    name,
    fingerprint: sha256(
      canonicalJson({ rule: 2, config, members: members.map(({ model }) => model.fingerprint) }),
    ),
    trainedThroughMs,
    horizonBars,
    symbol,
    timeframe,
    outputs,
    features(tools) {
      const own = members.map(({ model }) => Object.entries(model.features(tools)));
      widths = own.map(({ length }) => length);
      return featuresOf(own, regime, tools);
    },
    async predict(rows) {
      desk ??= new Desk(members, widths, rule);
      return desk.answer(rows, outputs);
    },
    async close() {
      for (const { model } of members) await model.close?.();
    },
  };
}

/** What an ensemble remembers between questions: the answers of its members. Everything else follows from them. */
class Desk {
  private readonly answers: MemberAnswers;
  private readonly rows: EnsembleRows;
  private readonly closeColumn: number;

  constructor(members: readonly NamedModel[], widths: readonly number[], rule: EnsembleRule) {
    this.rows = new EnsembleRows(rule);
    let next = 0;
    const placed = members.map(({ model }, k) => {
      const firstColumn = next;
      next += widths[k]!;
      const blindThroughMs = model.trainedThroughMs + model.horizonBars * rule.timeframeMs;
      return { model, firstColumn, columns: widths[k]!, blindThroughMs };
    });
    this.closeColumn = next;
    this.answers = new MemberAnswers(placed, this.rows.rowsBack);
  }

  async answer(rows: ModelRows, outputs: readonly string[]): Promise<readonly Float64Array[]> {
    const { from, to, columns, closeTimeMs } = rows;
    const { closeColumn } = this;
    const members = await this.answers.upTo(rows);
    const close = columns[closeColumn]!;
    const found = outputs.map(() => new Float64Array(to - from).fill(Number.NaN));
    for (let row = from; row < to; row++) {
      const shares = regimeLabels.map((_, k) => columns[closeColumn + 1 + k]![row]!);
      const spoken = this.rows.speak(members, row, { close, closeTimeMs, shares });
      if (spoken === null) continue;
      for (const [k, value] of told(spoken).entries()) found[k]![row - from] = value;
    }
    return found;
  }
}

/** Answers in the order of `outputsOf`. */
function told({ pooled, trust, volatile, weights }: Spoken): readonly number[] {
  const { probability, low, high } = rangeOf(pooled, trust, volatileCaution * volatile);
  const { alpha, beta } = betaWith(probability, pooled.variance);
  return [probability, low, high, alpha, beta, pooled.agreement, trust, ...weights];
}

/** The features of every member, then the close, then the regimes. */
function featuresOf(
  own: readonly (readonly (readonly [string, Expr])[])[],
  regime: RegimeDetector,
  tools: ModelTools,
): Readonly<Record<string, Expr>> {
  const { posterior } = regime(tools.bars);
  return Object.fromEntries([
    ...own.flatMap((features, k) => features.map(([feature, one]) => [`${k + 1} ${feature}`, one] as const)),
    ["close", tools.bars.close] as const,
    ...regimeLabels.map((label) => [`regime ${label}`, posterior[label]] as const),
  ]);
}
