import { mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { canonicalJson } from "../../../base/hash.ts";
import { KiwiError } from "../../../base/errors.ts";
import { isMissing, readFault, writeFault } from "../bars/bar-store-errors.ts";
import { replaceFile, syncFolder } from "../bars/durable-files.ts";
import { lockWaitMs, withWriterLock } from "../bars/writer-lock.ts";
import {
  modelDamaged,
  modelUnknown,
  nameInvalid,
  notOfRegimes,
  noEarlier,
  noneInUse,
  versionUnknown,
} from "./model-errors.ts";
import type { HmmArtifact } from "../../../domain/hmm-artifact.ts";
import { modelOfText, textOfModel } from "./model-text.ts";
import type { ModelDraft, StoredModel } from "./stored-model.ts";

const currentName = "current";
/** As many versions as anybody will go back. */
const promotionsMax = 100;

/** A version as it lies there: readable, or why not. */
export type VersionFound =
  | { readonly kind: "found"; readonly version: number; readonly model: StoredModel }
  | { readonly kind: "unreadable"; readonly version: number; readonly why: string };

/** What became of a model that was handed to the store. */
export type Saved = {
  readonly version: number;
  /** False where the newest version is this very model already. */
  readonly isNew: boolean;
  readonly isPromoted: boolean;
};

/** A version that was put to use, and the checksum that it had then; null where none was kept. */
type Promotion = { readonly version: number; readonly sha256: string | null };

/**
 * Models in a folder: `<name>/<version>.json`, versions counted from 1 and never changed, and `<name>/current` with the
 * version in use and those used before, newest first, each with its checksum. Every write is whole or not there. Methods throw `KiwiError`.
 */
export class ModelStore {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** The names of all models, sorted. */
  async names(): Promise<readonly string[]> {
    const entries = await readdir(this.root, { withFileTypes: true }).catch((cause: unknown) => {
      if (isMissing(cause)) return [];
      throw readFault(this.root, cause);
    });
    const folders = entries.filter((entry) => entry.isDirectory() && isName(entry.name));
    return folders.map(({ name }) => name).sort();
  }

  /** The numbers of the versions of a model, oldest first; none where there is no such model. */
  async versions(name: string): Promise<readonly number[]> {
    const names = await readdir(this.folder(name)).catch((cause: unknown) => {
      if (isMissing(cause)) return [];
      throw readFault(this.folder(name), cause);
    });
    return names
      .flatMap((file) => (/^[1-9]\d{0,8}\.json$/.test(file) ? [Number.parseInt(file, 10)] : []))
      .sort((a, b) => a - b);
  }

  /** The version in use and those used before, newest first; empty where none was ever promoted. Throws `MODEL_DAMAGED`. */
  async promotions(name: string): Promise<readonly number[]> {
    return (await this.promoted(name)).map(({ version }) => version);
  }

  private async promoted(name: string): Promise<readonly Promotion[]> {
    const path = join(this.folder(name), currentName);
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch (cause) {
      if (isMissing(cause)) return [];
      throw readFault(path, cause);
    }
    if (/^([1-9]\d{0,8}( [0-9a-f]{64})?\n)*$/.test(text))
      return text.split("\n").filter(Boolean).map(promotionOf);
    throw new KiwiError({
      ...modelDamaged(path, "it should hold the numbers of versions", name).parts,
      fix: `say which version is to be used: kiwi model promote ${name} VERSION   (kiwi model list ${name})`,
    });
  }

  /** Every version of a model, oldest first, the unreadable ones too. Throws `MODEL_UNKNOWN`. */
  async list(name: string): Promise<readonly VersionFound[]> {
    const versions = await this.known(name);
    return Promise.all(versions.map((version) => this.look(name, version)));
  }

  /** A model, the version in use unless one is named. Throws `MODEL_UNKNOWN`, `MODEL_DAMAGED` and `MODEL_NEWER`. */
  async read(name: string, version?: number): Promise<StoredModel> {
    const versions = await this.known(name);
    const inUse = version === undefined ? (await this.promoted(name))[0] : undefined;
    const wanted = version ?? inUse?.version;
    if (wanted === undefined) throw noneInUse(name, versions);
    if (!versions.includes(wanted)) {
      if (version !== undefined) throw versionUnknown(name, wanted, versions);
      throw modelDamaged(this.path(name, wanted), "it is gone", name);
    }
    const model = await this.readVersion(name, wanted);
    this.refuseOther(name, model, inUse);
    return model;
  }

  /** What is served is what was promoted, to the last bit: a file that was put in its place since is another model. */
  private refuseOther(
    name: string,
    { sha256, artifact }: StoredModel,
    promotion: Promotion | undefined,
  ): void {
    if (promotion === undefined || promotion.sha256 === null || promotion.sha256 === sha256) return;
    throw modelDamaged(this.path(name, artifact.version), "it is not the model that was promoted", name);
  }

  /** A model of regimes, as `read` finds it. Throws `MODEL_OTHER_KIND` besides. */
  async readRegime(name: string, version?: number): Promise<HmmArtifact> {
    const { artifact } = await this.read(name, version);
    if (artifact.kind === "predictor") throw notOfRegimes(name, artifact.family);
    return artifact;
  }

  /**
   * Keeps a model as the next version of its name, and puts it to use if `replaces` still is what is in use (null for
   * nothing); without `replaces` it stays a candidate. A model that is there already as the newest version is neither
   * kept nor promoted again. Throws `STORE_LOCKED`, `DISK_FULL` and `STORE_NOT_WRITABLE`.
   */
  async save(draft: ModelDraft, createdMs: number, replaces?: number | null): Promise<Saved> {
    const { name } = draft.artifact;
    return this.locked(name, async () => {
      const last = (await this.versions(name)).at(-1) ?? 0;
      const isNew = !(await this.isSame(name, last, draft));
      const version = isNew ? last + 1 : last;
      if (isNew) {
        const numbered = { ...draft, artifact: { ...draft.artifact, version } };
        await replaceFile(this.path(name, version), [textOfModel(numbered, createdMs)]);
      }
      const promotions = await this.promoted(name);
      const inUse = promotions[0]?.version ?? null;
      // What was there already was promoted, kept back or rolled back before: that stands.
      const isPromoted = replaces === inUse && (isNew || inUse === null);
      if (isPromoted) {
        const { sha256 } = await this.readVersion(name, version);
        await this.writePromotions(name, [{ version, sha256 }, ...promotions]);
      }
      return { version, isNew, isPromoted: isPromoted || inUse === version };
    });
  }

  /** Puts a version to use. Returns what was in use before. Throws `MODEL_UNKNOWN`, `MODEL_DAMAGED`, `MODEL_NEWER`. */
  async promote(name: string, version: number): Promise<number | null> {
    const { sha256 } = await this.read(name, version);
    return this.locked(name, async () => {
      // A damaged list is what this command is advised for.
      const promotions = await this.promoted(name).catch(() => []);
      const [first, ...before] = promotions;
      if (first?.version !== version) await this.writePromotions(name, [{ version, sha256 }, ...promotions]);
      else if (first.sha256 !== sha256) await this.writePromotions(name, [{ version, sha256 }, ...before]);
      return first?.version ?? null;
    });
  }

  /** Goes back to the version that was in use before. Returns both. Throws `MODEL_UNKNOWN` and `MODEL_NO_EARLIER`. */
  async rollback(name: string): Promise<{ readonly from: number; readonly to: number }> {
    await this.known(name);
    return this.locked(name, async () => {
      const [from, ...before] = await this.promoted(name);
      const to = before[0];
      if (from === undefined || to === undefined) throw noEarlier(name, from?.version ?? null);
      this.refuseOther(name, await this.readVersion(name, to.version), to);
      await this.writePromotions(name, before);
      return { from: from.version, to: to.version };
    });
  }

  private async known(name: string): Promise<readonly number[]> {
    const versions = await this.versions(name);
    if (versions.length === 0) throw modelUnknown(name, await this.names(), this.root);
    return versions;
  }

  private async look(name: string, version: number): Promise<VersionFound> {
    try {
      return { kind: "found", version, model: await this.readVersion(name, version) };
    } catch (error) {
      if (!(error instanceof KiwiError)) throw error;
      return { kind: "unreadable", version, why: error.parts.message };
    }
  }

  private async readVersion(name: string, version: number): Promise<StoredModel> {
    const path = this.path(name, version);
    const text = await readFile(path, "utf8").catch((cause: unknown) => {
      if (isMissing(cause)) throw modelDamaged(path, "it is gone", name);
      throw readFault(path, cause);
    });
    return modelOfText(text, path, name);
  }

  private async isSame(name: string, version: number, { artifact }: ModelDraft): Promise<boolean> {
    if (version === 0) return false;
    const found = await this.look(name, version);
    return (
      found.kind === "found" &&
      canonicalJson({ ...found.model.artifact, version: 0 }) === canonicalJson({ ...artifact, version: 0 })
    );
  }

  private async writePromotions(name: string, promotions: readonly Promotion[]): Promise<void> {
    const lines = promotions
      .slice(0, promotionsMax)
      .map(({ version, sha256 }) => `${version}${sha256 === null ? "" : ` ${sha256}`}\n`);
    await replaceFile(join(this.folder(name), currentName), lines);
  }

  private async locked<T>(name: string, work: () => Promise<T>): Promise<T> {
    const folder = this.folder(name);
    try {
      await mkdir(folder, { recursive: true });
      await syncFolder(dirname(folder));
      return await withWriterLock(
        { path: join(folder, ".lock"), what: `the model ${name}`, waitMs: lockWaitMs },
        work,
      );
    } catch (cause) {
      throw writeFault(folder, cause, "models");
    }
  }

  private path(name: string, version: number): string {
    return join(this.folder(name), `${version}.json`);
  }

  private folder(name: string): string {
    if (!isName(name)) throw nameInvalid(name);
    return join(this.root, name);
  }
}

function isName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name) && !name.endsWith(".");
}

function promotionOf(line: string): Promotion {
  const [version, sha256 = null] = line.split(" ");
  return { version: Number(version), sha256 };
}
