import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { assert } from "../../../base/assert.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import { writeFault } from "../bars/bar-store-errors.ts";
import { nameOfSymbol, nameOfTimeframe } from "../bars/series-name.ts";
import { lockWaitMs, withWriterLock } from "../bars/writer-lock.ts";
import { readFeatureFile, writeFeatureFile, type FeatureRead } from "./feature-file.ts";
import {
  readFeatureManifest,
  writeFeatureManifest,
  type FeatureManifest,
  type ManifestFound,
} from "./feature-manifest.ts";

const fileName = /^(\d+)-\d+\.f64$/;

/** Rows to read of one feature. */
export type RowRange = { readonly fromRow: number; readonly toRow: number; readonly isShared: boolean };

/** The stored features of one set, symbol and timeframe: a manifest, and a file of little-endian float64 per feature. */
export class FeatureFolder {
  readonly path: string;

  constructor(root: string, set: string, symbol: string, timeframe: Timeframe) {
    assert(/^[a-z0-9-]+$/.test(set), "a feature set is named in small letters, digits and hyphens");
    this.path = join(root, nameOfSymbol(symbol), nameOfTimeframe(timeframe), set);
  }

  /** What the folder holds. Throws `STORE_NEWER` and `STORE_NOT_READABLE`. */
  async manifest(): Promise<ManifestFound> {
    return readFeatureManifest(this.path);
  }

  /** Does work as the only writer. Throws `STORE_LOCKED`, `DISK_FULL` and `STORE_NOT_WRITABLE`. */
  async locked<T>(work: () => Promise<T>): Promise<T> {
    try {
      await mkdir(this.path, { recursive: true });
      const lock = { path: join(this.path, "writer.lock"), what: this.path, waitMs: lockWaitMs };
      return await withWriterLock(lock, work);
    } catch (cause) {
      throw writeFault(this.path, cause);
    }
  }

  /** A number that no file here begins with. */
  async freeGeneration(): Promise<number> {
    const names = await readdir(this.path);
    return Math.max(0, ...names.map((name) => Number(fileName.exec(name)?.[1] ?? 0))) + 1;
  }

  /** Whether every file is there and as long as the manifest says, so that rows can be added. */
  async isWhole({ generation, states, features }: FeatureManifest): Promise<boolean> {
    const bytes = states.at(-1)!.rows * Float64Array.BYTES_PER_ELEMENT;
    const sizes = await Promise.all(
      features.map(async (_, index) =>
        stat(this.fileOf(generation, index)).then(
          ({ size }) => size,
          () => -1,
        ),
      ),
    );
    return sizes.every((size) => size >= bytes);
  }

  /** Writes rows of one feature; they count once `commit` has named them. Returns the checks of all its blocks. */
  async write(
    { generation, blockRows, features }: Pick<FeatureManifest, "generation" | "blockRows" | "features">,
    index: number,
    fromRow: number,
    values: Float64Array,
  ): Promise<readonly number[]> {
    const checks = fromRow === 0 ? [] : features[index]!.checks;
    return writeFeatureFile(this.fileOf(generation, index), fromRow, values, blockRows, checks);
  }

  /** Makes what was written the state of the folder, and removes files of other generations. */
  async commit(manifest: FeatureManifest): Promise<void> {
    await writeFeatureManifest(this.path, manifest);
    for (const name of await readdir(this.path)) {
      const generation = fileName.exec(name)?.[1];
      if (generation !== undefined && Number(generation) !== manifest.generation)
        await rm(join(this.path, name), { force: true });
    }
  }

  /** Reads rows of one feature. Throws `STORE_NOT_READABLE`. */
  async read(manifest: FeatureManifest, index: number, range: RowRange): Promise<FeatureRead> {
    const { generation, states, blockRows, features } = manifest;
    const { checks } = features[index]!;
    const path = this.fileOf(generation, index);
    return readFeatureFile({ path, rows: states.at(-1)!.rows, blockRows, checks, ...range });
  }

  private fileOf(generation: number, index: number): string {
    return join(this.path, `${generation}-${String(index).padStart(3, "0")}.f64`);
  }
}
