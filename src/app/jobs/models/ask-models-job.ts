import { z } from "zod";
import type { Compared } from "../../../analysis/predictions/compare-predictions.ts";
import type { ModelDrift } from "../../../analysis/predictions/model-drift.ts";
import type { PredictorArtifact } from "../../../domain/predictor-artifact.ts";
import { defineJob, type JobContext } from "../../../jobs/job.ts";
import { compareModels, rivalsOf } from "../../evaluation/compare-models.ts";
import { driftOfModel } from "../../evaluation/drift-of-model.ts";
import { directionModel, subjectBars } from "../../evaluation/subject-bars.ts";
import { resolvedConfigSchema } from "../request-schemas.ts";

const request = z.strictObject({
  folder: z.string(),
  config: resolvedConfigSchema,
  nowMs: z.number(),
  question: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("drift"), model: z.string(), rowsMax: z.int().min(1) }),
    z.strictObject({ kind: z.literal("compare"), model: z.string(), other: z.string().optional() }),
  ]),
});
export type AskModelsInput = z.output<typeof request>;

type Named = Pick<PredictorArtifact, "name" | "version" | "family" | "trainedThroughMs">;

export type AskModelsOutput = { readonly warnings: readonly string[]; readonly dataKind: string } & (
  | { readonly kind: "drift"; readonly model: Named; readonly drift: ModelDrift }
  | {
      readonly kind: "compare";
      readonly champion: Named;
      readonly challenger: Named;
      readonly compared: Compared;
    }
);

/** Asks stored models about bars that they have not seen. */
async function performAsking(
  { question, ...asked }: AskModelsInput,
  { board, stage }: JobContext,
): Promise<AskModelsOutput> {
  const load = (artifact: PredictorArtifact) => {
    stage("load");
    return subjectBars(asked, artifact, (done, total) => board.report(done, total));
  };
  if (question.kind === "drift") {
    const { artifact } = await directionModel(asked.folder, question.model);
    const { bars, calendar, fromMs, warnings, dataKind } = await load(artifact);
    stage(artifact.name);
    const drift = await driftOfModel({ artifact, bars, calendar, fromMs, rowsMax: question.rowsMax });
    return { kind: "drift", model: named(artifact), drift, warnings, dataKind };
  }
  const rivals = await rivalsOf(asked.folder, question.model, question.other);
  const { bars, calendar, fromMs, warnings, dataKind } = await load(rivals.champion.artifact);
  stage(rivals.champion.artifact.name);
  return {
    kind: "compare",
    champion: named(rivals.champion.artifact),
    challenger: named(rivals.challenger.artifact),
    compared: await compareModels(rivals, bars, calendar, fromMs, asked.config.seed),
    warnings,
    dataKind,
  };
}

function named({ name, version, family, trainedThroughMs }: PredictorArtifact): Named {
  return { name, version, family, trainedThroughMs };
}

export default defineJob({ request, perform: performAsking });
