import { KiwiError } from "../../../base/errors.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import type { Model } from "../../../ports/model.ts";

/** A member by the name that the configuration has for it. */
export type NamedModel = { readonly name: string; readonly model: Model };

/** The symbol and timeframe that all members were trained on. Throws `ENSEMBLE_MIXED`. */
export function sharedPlace(
  ensemble: string,
  members: readonly NamedModel[],
): { readonly symbol: string; readonly timeframe: Timeframe } {
  const { symbol, timeframe } = members[0]!.model;
  const isShared = members.every(({ model }) => model.symbol === symbol && model.timeframe === timeframe);
  if (isShared && symbol !== undefined && timeframe !== undefined) return { symbol, timeframe };
  const places = members.map(
    ({ name, model }) => `${name}: ${model.symbol ?? "any symbol"} ${model.timeframe ?? "any timeframe"}`,
  );
  throw new KiwiError({
    code: "ENSEMBLE_MIXED",
    exit: "config",
    message: `the members of ${ensemble} are not about the same bars`,
    why: places.join("; "),
    fix: "name members of one symbol and timeframe, and write one ensemble for each symbol   (kiwi model list)",
    topic: "models",
  });
}

/** Sees to it that a member says how likely a rise is, and how sure it is of that. Throws `ENSEMBLE_MEMBER_SILENT`. */
export function refuseSilent(ensemble: string, { name, model }: NamedModel): void {
  if (["probability", "low", "high"].every((output) => model.outputs.includes(output))) return;
  throw new KiwiError({
    code: "ENSEMBLE_MEMBER_SILENT",
    exit: "config",
    message: `${name}, a member of ${ensemble}, does not say how likely a rise is`,
    why: `it says ${model.outputs.join(", ")}; a member must say probability, low and high`,
    fix: "name models of direction: kiwi train boosted|forest|logistic|short-term|medium-term|long-term",
    topic: "models",
  });
}
