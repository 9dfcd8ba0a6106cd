import { basename } from "node:path";
import { canonicalJson } from "../../base/hash.ts";
import { paretoFront } from "../../search/pareto-front.ts";
import type { SearchLuck } from "../../analysis/validation/search-luck.ts";
import type { PreparedRun } from "../runs/prepare-run.ts";
import type { SearchPlan, SearchTable } from "./run-search.ts";
import { ranked, type SearchRow } from "./search-row.ts";
import type { SearchRequest } from "./search-request.ts";
import { plateauOf, type Plateau } from "./plateau.ts";

/** Rows that a summary shows. */
const topMax = 10;

/** What a search found, for programs and for people. */
export type SearchDocument = {
  readonly schema: "optimize@1";
  readonly ok: true;
  readonly searchId: string;
  readonly strategy: string;
  readonly symbols: readonly string[];
  readonly timeframe: string;
  readonly dataKind: string;
  readonly method: string;
  readonly objective: string;
  readonly seed: number;
  readonly folds: number;
  readonly holdout: number;
  readonly command: string;
  /** Points of the lattice, allowed or not. */
  readonly spaceSize: number;
  readonly dimensions: readonly { readonly name: string; readonly values: readonly unknown[] }[];
  readonly trials: Readonly<Record<SearchRow["status"] | "all", number>>;
  /** Trials that were not gone on with on more bars, and why. */
  readonly stopped: readonly { readonly trial: number; readonly share: number; readonly why: string }[];
  /** Bars that the trials saw, as a share of those that all points to the end would have seen. */
  readonly barsShare: number;
  readonly best: SearchRow;
  readonly top: readonly SearchRow[];
  /** Trials that nothing beats in everything; empty where no front was asked for. */
  readonly front: readonly SearchRow[];
  readonly plateau: Plateau;
  readonly luck: SearchLuckText | null;
  readonly warnings: readonly string[];
  readonly artifacts: Readonly<Record<string, string>>;
};

/** What is known of luck, with the columns of a search's splits as plain lists. */
type SearchLuckText = Omit<SearchLuck, "overfitting"> & {
  readonly pbo: number | null;
  readonly logits: readonly number[];
};

type DocumentParts = {
  readonly id: string;
  readonly asked: SearchRequest;
  readonly plan: SearchPlan;
  readonly prepared: PreparedRun;
  readonly table: SearchTable;
  readonly luck: SearchLuck | null;
  readonly warnings: readonly string[];
};

/** Puts together what a search found. At least one trial has a value. */
export function searchDocument({
  id,
  asked,
  plan,
  prepared,
  table,
  luck,
  warnings,
}: DocumentParts): SearchDocument {
  const { rows } = table;
  const order = ranked(rows);
  const best = order[0]!;
  const countOf = (status: SearchRow["status"]): number => rows.filter((row) => row.status === status).length;
  const timedOut = countOf("timed_out");
  const { setup, loaded } = prepared;
  return {
    schema: "optimize@1",
    ok: true,
    searchId: basename(id),
    strategy: setup.strategy.name,
    symbols: setup.bars.map(({ symbol }) => symbol),
    timeframe: setup.timeframe ?? setup.bars[0]!.timeframe,
    dataKind: loaded.dataKind,
    method: asked.method,
    objective: plan.objective.formula.text,
    seed: asked.seed,
    folds: asked.folds,
    holdout: asked.holdout,
    command: asked.command,
    spaceSize: plan.space.size,
    dimensions: plan.space.dimensions.map(({ name, values }) => ({ name, values })),
    trials: {
      all: rows.length,
      measured: countOf("measured"),
      refused: countOf("refused"),
      failed: countOf("failed"),
      timed_out: timedOut,
    },
    stopped: [...table.stopped].map(([trial, why]) => ({ trial, share: rows[trial]!.share, why })),
    barsShare: barsShareOf(rows),
    best,
    top: order.slice(0, topMax).filter(({ value }) => value !== null),
    front: frontOf(plan, rows),
    plateau: plateauOf(plan.space, order, best),
    luck: luckText(luck),
    warnings: [...warnings, ...warningsOf(rows, timedOut)],
    artifacts: {},
  };
}

function warningsOf(rows: readonly SearchRow[], timedOut: number): readonly string[] {
  const valueless = rows.filter(({ status, value }) => status === "measured" && value === null).length;
  return [
    ...(valueless === 0
      ? []
      : [
          `${valueless} of ${rows.length} trials have no value and no rank: their objective is N/A there, as where nothing was traded`,
        ]),
    ...(timedOut === 0
      ? []
      : [`${timedOut} trials ran into a limit of time: another machine may have another table`]),
  ];
}

/** A point that is tried on more and more bars counts once, with all that it saw. */
function barsShareOf(rows: readonly SearchRow[]): number {
  const points = new Set(rows.map(({ setting }) => canonicalJson(setting))).size;
  return rows.reduce((sum, { share }) => sum + share, 0) / points;
}

function luckText(luck: SearchLuck | null): SearchLuckText | null {
  if (luck === null) return null;
  const { overfitting, ...rest } = luck;
  return { ...rest, pbo: overfitting?.probability ?? null, logits: [...(overfitting?.logits ?? [])] };
}

function frontOf({ objective: { front } }: SearchPlan, rows: readonly SearchRow[]): readonly SearchRow[] {
  if (front.length === 0) return [];
  const whole = rows.filter(({ status, share }) => status === "measured" && share === 1);
  const places = paretoFront(
    whole.map(({ inSample }) =>
      front.map(({ key, direction }) => {
        const value = inSample[key] ?? null;
        return value === null ? null : direction * value;
      }),
    ),
  );
  return places.map((place) => whole[place]!);
}
