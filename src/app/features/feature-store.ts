import type { FeatureRead } from "../../adapters/stores/features/feature-file.ts";
import type { RowRange } from "../../adapters/stores/features/feature-folder.ts";
import type { FeatureManifest, StoredState } from "../../adapters/stores/features/feature-manifest.ts";
import { canonicalJson } from "../../base/hash.ts";
import { mapConcurrently } from "../../base/map-concurrently.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { FeatureSet, ModelType } from "../../features/feature-set.ts";
import { featureNames } from "../../features/feature-sets.ts";
import { BarFingerprint } from "./bar-fingerprint.ts";
import { calculateFeatures, memoryBytesMax } from "./calculate-features.ts";
import { FeatureColumns } from "./feature-columns.ts";
import {
  columnsOf,
  relationOf,
  requestOf,
  targetOf,
  type FeatureRequest,
  type Followed,
} from "./feature-request.ts";
import {
  featureTable,
  rowsBetween,
  wantedNames,
  type FeatureSelection,
  type FeatureTable,
} from "./feature-table.ts";

/** Rows of a check, and the least that is read: 128 KiB. */
const blockRows = 16_384;
const statesMax = 32;
const filesAtOnce = 4;

export type FeatureStoreOptions = {
  /** Where features are kept; made when it is not there. */
  readonly folder: string;
  /** Told when stored features were damaged and are computed again. */
  readonly warn: (text: string) => void;
};

/** What had to be done: nothing, the rows of appended bars, or everything. */
export type StoreOutcome = {
  readonly kind: "kept" | "extended" | "computed";
  readonly rowsWritten: number;
};

type Stored = { readonly outcome: StoreOutcome; readonly manifest: FeatureManifest };
type Damage = { readonly generation: number; readonly why: string };

/**
 * Computes features once and keeps them on the disk. Stored values are used only for the very bars, definition,
 * calendar and code that they were computed from; where bars were appended, only their rows are added. All methods
 * throw `KiwiError`: `STORE_NEWER`, `STORE_LOCKED`, `STORE_NOT_READABLE`, `DISK_FULL`, `STORE_NOT_WRITABLE`.
 */
export class FeatureStore {
  private readonly options: FeatureStoreOptions;
  private readonly followed = new WeakMap<Bars, Map<string, Followed>>();

  constructor(options: FeatureStoreOptions) {
    this.options = options;
  }

  /** Sees to it that the features of these bars are stored. */
  async computeAndStore(set: FeatureSet, bars: Bars, calendar: Calendar): Promise<StoreOutcome> {
    return (await this.refresh(this.request(set, bars, calendar))).outcome;
  }

  /** Features of bars, read from the disk, and computed and stored before where they are not. Throws `FEATURE_UNKNOWN`. */
  async getFeatures(
    set: FeatureSet,
    bars: Bars,
    calendar: Calendar,
    selection: FeatureSelection = {},
  ): Promise<FeatureTable> {
    const names = wantedNames(set, selection);
    const request = this.request(set, bars, calendar);
    const [fromRow, toRow] = rowsBetween(bars, request.rows, selection);
    const range = { fromRow, toRow, isShared: selection.isShared === true };
    const table = (columns: readonly Float64Array[]): FeatureTable =>
      featureTable(names, columns, bars, [fromRow, toRow], selection);
    const { manifest } = await this.refresh(request);
    const found = await readColumns(request, manifest, names, range);
    if (Array.isArray(found)) return table(found);
    const damage = { generation: manifest.generation, why: found.why };
    // Under the lock nobody replaces files between the manifest and the reading, as may have happened above.
    const again = await request.folder.locked(async () =>
      readColumns(request, (await this.renew(request, damage)).manifest, names, range),
    );
    if (Array.isArray(again)) return table(again);
    this.options.warn(`${again.why}, and again after it was written anew: features are not read from there`);
    return calculateFeatures(set, bars, calendar, selection);
  }

  /**
   * The features of bars that a live session appends to: `extend()` computes the new rows alone, and storing them later
   * writes nothing else. The rows that are there must not change. Kept as long as the bars are.
   */
  follow(set: FeatureSet, bars: Bars, calendar: Calendar): FeatureColumns {
    const { identity, expressions } = targetOf(set, bars, calendar);
    const sets = this.followed.get(bars) ?? new Map<string, Followed>();
    this.followed.set(bars, sets);
    const key = canonicalJson(identity);
    const known = sets.get(key);
    if (known !== undefined) return known.columns;
    const columns = new FeatureColumns(expressions, bars, calendar);
    sets.set(key, { columns, fingerprint: new BarFingerprint(bars) });
    return columns;
  }

  /** Names of the features of a model type, in the order of the columns. */
  featureNames(modelType: ModelType): readonly string[] {
    return featureNames(modelType);
  }

  private request(set: FeatureSet, bars: Bars, calendar: Calendar): FeatureRequest {
    const target = targetOf(set, bars, calendar);
    const followed = this.followed.get(bars)?.get(canonicalJson(target.identity)) ?? null;
    return requestOf(this.options.folder, target, bars, calendar, followed);
  }

  /** Brings the folder up to date. */
  private async refresh(request: FeatureRequest): Promise<Stored> {
    const { folder } = request;
    // Nearly always everything is there: a reader does not wait for writers.
    const found = await folder.manifest();
    if (found.kind === "found" && relationOf(found.manifest, request) === "kept") return kept(found.manifest);
    return folder.locked(async () => this.renew(request, null));
  }

  /** The same as the only writer. Values of a damaged generation are computed again. */
  private async renew(request: FeatureRequest, damage: Damage | null): Promise<Stored> {
    const { folder, identity } = request;
    const found = await folder.manifest();
    if (found.kind === "damaged") this.warnOf(identity, found.why);
    const manifest = found.kind === "found" ? found.manifest : null;
    const isDamaged = damage !== null && manifest?.generation === damage.generation;
    if (isDamaged) this.warnOf(identity, damage.why);
    if (manifest === null || isDamaged) return this.write(request, null);
    const relation = relationOf(manifest, request);
    if (relation === "kept") return kept(manifest);
    if (relation === "computed") return this.write(request, null);
    if (await folder.isWhole(manifest)) return this.write(request, manifest);
    this.warnOf(identity, `files of ${folder.path} are missing or cut off`);
    return this.write(request, null);
  }

  /** Writes the rows that follow those of `before`, or all of them. */
  private async write(request: FeatureRequest, before: FeatureManifest | null): Promise<Stored> {
    const { folder, rows, fingerprint, identity, expressions } = request;
    const fromRow = before?.states.at(-1)!.rows ?? 0;
    const features = [
      ...(before?.features ?? Object.keys(expressions).map((name) => ({ name, checks: [] }))),
    ];
    const base = before ?? { generation: await folder.freeGeneration(), blockRows, features };
    for (const columns of columnsOf(request, memoryBytesMax)) {
      await mapConcurrently(columns.names, filesAtOnce, async (name, index) => {
        const values = new Float64Array(rows - fromRow);
        columns.copy(index, fromRow, rows, values);
        const place = features.findIndex((feature) => feature.name === name);
        features[place] = { name, checks: await folder.write(base, place, fromRow, values) };
      });
    }
    const state: StoredState = { rows, fingerprint: fingerprint.at(rows) };
    const states = [...(before?.states.slice(1 - statesMax) ?? []), state] as [StoredState];
    const { generation } = base;
    const manifest = { identity, generation, blockRows: base.blockRows, states, features };
    await folder.commit(manifest);
    const kind = before === null ? "computed" : "extended";
    return { outcome: { kind, rowsWritten: rows - fromRow }, manifest };
  }

  private warnOf({ set, symbol, timeframe }: FeatureRequest["identity"], why: string): void {
    this.options.warn(`stored features ${set} of ${symbol} ${timeframe}: ${why}; they are computed again`);
  }
}

function kept(manifest: FeatureManifest): Stored {
  return { outcome: { kind: "kept", rowsWritten: 0 }, manifest };
}

async function readColumns(
  { folder }: FeatureRequest,
  manifest: FeatureManifest,
  names: readonly string[],
  range: RowRange,
): Promise<Float64Array[] | Extract<FeatureRead, { kind: "damaged" }>> {
  const read = await mapConcurrently(names, filesAtOnce, async (name) =>
    folder.read(
      manifest,
      manifest.features.findIndex((feature) => feature.name === name),
      range,
    ),
  );
  const columns: Float64Array[] = [];
  for (const one of read) {
    if (one.kind === "damaged") return one;
    columns.push(one.values);
  }
  return columns;
}
