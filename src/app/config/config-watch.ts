import { statSync } from "node:fs";
import { basename } from "node:path";
import { KiwiError } from "../../base/errors.ts";
import type { ComponentHealth } from "../../ports/component.ts";
import { configDifferences, textOf, type ConfigDifference } from "./config-diff.ts";
import type { KiwiConfig } from "./config-schema.ts";

/** Settings that may be read again while something runs by them. */
export type LiveSettings = {
  /** The file that a person edits; it need not be there. */
  readonly path: string;
  /** What it runs by. */
  readonly config: KiwiConfig;
  /** Puts the same flags over the file as it is now. Throws what is wrong with it. */
  readonly read: () => Promise<KiwiConfig>;
};

/** What a setting is to whoever runs: changed at once, at the next start, or none of its business. */
export type Concern = "now" | "restart" | "none";

/** What came of an edit. */
export type Edit =
  | { readonly kind: "changed"; readonly text: string }
  /** What was in force before it stays in force. */
  | { readonly kind: "refused"; readonly text: string };

/** Whose settings are watched. */
export type ConfigWatchParts = {
  readonly settings: LiveSettings;
  readonly concernOf: (path: string) => Concern;
  /** Goes by the new settings, wholly or not at all. Throws where they cannot be. */
  readonly apply: (next: KiwiConfig, differences: readonly ConfigDifference[]) => Promise<void>;
  readonly tell: (edit: Edit) => void;
};

const shownMax = 120;

/**
 * Looks at a configuration file while something runs by it. An edit is checked as at a start; what may be changed is, what may
 * not waits for the next start and is said, and of an edit with a mistake in it nothing is taken.
 */
export class ConfigWatch {
  private readonly parts: ConfigWatchParts;
  private inForce: KiwiConfig;
  private seen: string;
  private pending: string | null = null;
  private refusal: KiwiError | null = null;
  private waiting: readonly ConfigDifference[] = [];

  constructor(parts: ConfigWatchParts) {
    this.parts = parts;
    this.inForce = parts.settings.config;
    // It may have been edited since it was read: the first look reads it again.
    this.seen = this.stamp() === gone ? gone : "";
  }

  /** To be called about once a second, never twice at once. A file is read when it has been the same for two looks: editors write in steps. */
  async look(): Promise<void> {
    const stamp = this.stamp();
    if (stamp === this.seen) return;
    if (stamp !== this.pending) {
      this.pending = stamp;
      return;
    }
    this.seen = stamp;
    this.pending = null;
    await this.take();
  }

  health(): ComponentHealth {
    const { refusal, waiting } = this;
    if (refusal !== null)
      return {
        condition: "degraded",
        detail: `an edit was refused, what was before is in force: ${refusal.parts.code} ${refusal.parts.message}`,
        fix: refusal.parts.fix,
      };
    if (waiting.length === 0) return { condition: "ok", detail: "in force" };
    return { condition: "ok", detail: `waits for a restart: ${waiting.map(({ path }) => path).join(", ")}` };
  }

  private async take(): Promise<void> {
    const { settings, concernOf, apply, tell } = this.parts;
    const file = basename(settings.path);
    try {
      if (this.seen === gone) throw fileGone(file);
      // An editor on a full disk leaves it so, and it would read as every setting at its default.
      if (this.seen.endsWith(" 0")) throw fileEmpty(file);
      const next = await settings.read();
      const differences = configDifferences(this.inForce, next);
      const now = differences.filter(({ path }) => concernOf(path) === "now");
      // What waits for a restart is checked as well: a mistake is told when it is made.
      if (differences.length > 0) await apply(next, now);
      const waiting = configDifferences(settings.config, next).filter(
        ({ path }) => concernOf(path) === "restart",
      );
      const isNews = JSON.stringify(waiting) !== JSON.stringify(this.waiting);
      const wasRefused = this.refusal !== null;
      this.inForce = next;
      this.waiting = waiting;
      this.refusal = null;
      const text = [
        ...(now.length === 0 ? [] : [`in force now: ${now.map(differenceText).join("; ")}`]),
        ...(waiting.length === 0 || !isNews
          ? []
          : [`after a restart only: ${waiting.map(differenceText).join("; ")}`]),
        ...(wasRefused && now.length === 0 ? ["it is right again"] : []),
      ].join("; ");
      if (text !== "") tell({ kind: "changed", text: `${file}: ${text}` });
    } catch (error) {
      this.refusal = error instanceof KiwiError ? error : notTaken(file, error);
      const { code, message, why, fix } = this.refusal.parts;
      tell({
        kind: "refused",
        text: `${file} is not used: ${code} ${message}: ${why}; what was before stays in force (${fix})`,
      });
    }
  }

  private stamp(): string {
    const found = statSync(this.parts.settings.path, { throwIfNoEntry: false });
    return found === undefined ? gone : `${found.mtimeMs} ${found.size}`;
  }
}

const gone = "gone";

function differenceText({ path, before, after }: ConfigDifference): string {
  const shown = (value: unknown): string =>
    value === undefined ? "nothing" : textOf(value).slice(0, shownMax);
  return `${path} ${shown(before)} -> ${shown(after)}`;
}

function fileGone(file: string): KiwiError {
  return new KiwiError({
    code: "CONFIG_NOT_FOUND",
    exit: "config",
    message: `${file} is gone`,
    why: "something runs by what it said",
    fix: "put it back; kiwi config check   says whether it is right",
    topic: "config",
  });
}

function fileEmpty(file: string): KiwiError {
  return new KiwiError({
    code: "CONFIG_EMPTY",
    exit: "config",
    message: `${file} is empty`,
    why: "something runs by what it said, and nothing says that it was meant",
    fix: "put back what it said, or write {} for nothing but defaults   (df -h . says whether the disk is full)",
    topic: "config",
  });
}

function notTaken(file: string, cause: unknown): KiwiError {
  return new KiwiError(
    {
      code: "CONFIG_NOT_TAKEN",
      exit: "config",
      message: cause instanceof Error ? cause.message : String(cause),
      why: `what ${file} asks for could not be done`,
      fix: "kiwi config check   says whether it is right",
      topic: "config",
    },
    { cause },
  );
}
