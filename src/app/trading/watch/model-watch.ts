import { minuteMs } from "../../../base/time.ts";
import { KiwiError } from "../../../base/errors.ts";
import { sliceBars, type Bars } from "../../../domain/bars.ts";
import type { AlertEvent } from "../../../robot/alerts/alert-rules.ts";
import type { RobotLog } from "../../../robot/robot-types.ts";
import { challengerOf, compareModels, type Rivals } from "../../evaluation/compare-models.ts";
import { driftOfModel } from "../../evaluation/drift-of-model.ts";
import { directionModel } from "../../evaluation/subject-bars.ts";
import type { TradingPlan } from "../session-parts.ts";

/** What a watch over models is made of. */
export type ModelWatchParts = {
  readonly plan: Pick<TradingPlan, "models" | "config" | "folder" | "calendarOf" | "clock">;
  /** Bars of the session, which grow. */
  readonly bars: readonly Bars[];
  readonly raise: (event: AlertEvent) => void;
  readonly log: RobotLog;
};

const everyMs = 10 * minuteMs;
/** The newest bars that drift is looked for in. */
const rowsMax = 1_000;
const seed = 1;

/**
 * Looks from time to time whether the models that a session trades by have been left behind by their market, and asks the newest
 * other version of each about the same bars in their shadow. It tells people, and decides nothing: what a strategy
 * does about drift is its own rule, on what it sees.
 */
export class ModelWatch {
  private readonly parts: ModelWatchParts;
  private readonly lookedAtMs = new Map<string, number>();
  /** What is served does not change while a session lives, whatever is promoted meanwhile. */
  private readonly served = new Map<string, Rivals["champion"]>();
  private timer: NodeJS.Timeout | null = null;
  private isLooking = false;

  constructor(parts: ModelWatchParts) {
    this.parts = parts;
  }

  start(): void {
    if (this.parts.plan.models.length === 0) return;
    this.timer = setInterval(() => void this.look(), everyMs);
    this.timer.unref();
    void this.look();
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }

  /** Looks at every model whose market has new bars. What goes wrong here is logged and stops nothing. */
  async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      for (const name of watchedNames(this.parts.plan)) await this.lookAt(name);
    } finally {
      this.isLooking = false;
    }
  }

  private async lookAt(name: string): Promise<void> {
    const { plan, log, bars: tables } = this.parts;
    try {
      const champion = this.served.get(name) ?? (await directionModel(plan.folder, name));
      this.served.set(name, champion);
      const { artifact } = champion;
      const table = tables.find(
        ({ symbol, timeframe }) => symbol === artifact.symbol && timeframe === artifact.timeframe,
      );
      if (table === undefined || table.length === 0) return;
      const lastMs = table.closeTimeMs[table.length - 1]!;
      if (this.lookedAtMs.get(name) === lastMs) return;
      this.lookedAtMs.set(name, lastMs);
      // A live table goes on growing while a model is asked.
      const bars = sliceBars(table, 0, table.length);
      await this.lookForDrift(name, artifact, bars);
      const challenger = await challengerOf(plan.folder, champion);
      if (challenger !== null) await this.lookAtShadow({ champion, challenger }, bars);
    } catch (error) {
      const isUsual = error instanceof KiwiError && quiet.has(error.parts.code);
      if (!isUsual) log.warn({ error: String(error) }, `drift of ${name} could not be looked at`);
    }
  }

  private async lookForDrift(
    name: string,
    artifact: Rivals["champion"]["artifact"],
    bars: Bars,
  ): Promise<void> {
    const { plan, log, raise } = this.parts;
    const calendar = plan.calendarOf(bars.symbol);
    const drift = await driftOfModel({ artifact, bars, calendar, fromMs: -Infinity, rowsMax });
    const { level, reasons, prediction, calibration } = drift;
    log.info({ level, prediction, calibration }, `drift of ${name}@${artifact.version}: ${level}`);
    if (level !== "drifted") return;
    raise({
      kind: "model drift",
      about: name,
      severity: "warning",
      title: `${name} version ${artifact.version} has drifted`,
      text: `${reasons.join("; ")}. Train it again, or go back: kiwi model rollback ${name}`,
      atMs: plan.clock.nowMs(),
    });
  }

  private async lookAtShadow(rivals: Rivals, bars: Bars): Promise<void> {
    const { plan, log, raise } = this.parts;
    const { better, gain, rows } = await compareModels(
      rivals,
      bars,
      plan.calendarOf(bars.symbol),
      -Infinity,
      seed,
    );
    const { name, version } = rivals.challenger.artifact;
    log.info(
      { better, gain, rows },
      `${name}@${version} in the shadow of version ${rivals.champion.artifact.version}`,
    );
    if (better !== "second") return;
    raise({
      kind: "model drift",
      about: `${name} challenger`,
      severity: "info",
      title: `${name} version ${version} does better than version ${rivals.champion.artifact.version}`,
      text: `on ${rows} rows that neither had seen; kiwi model promote ${name} ${version}`,
      atMs: plan.clock.nowMs(),
    });
  }
}

/** What is no trouble: a model that has no new bars yet, one of regimes, a plug-in, two that cannot be compared. */
const quiet: ReadonlySet<string> = new Set([
  "MODEL_NOTHING_NEW",
  "MODEL_OTHER_KIND",
  "MODEL_UNKNOWN",
  "MODEL_INCOMPARABLE",
]);

/** The trained models behind what a session serves: of an ensemble its members. */
function watchedNames({ models, config }: ModelWatchParts["plan"]): readonly string[] {
  return [...new Set(models.flatMap(({ name }) => config.models?.[name]?.members ?? [name]))];
}
