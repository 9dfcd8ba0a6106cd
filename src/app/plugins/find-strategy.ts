import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { AnyStrategy } from "../../ports/strategy.ts";
import { loadStrategyFile } from "./load-strategy.ts";
import { builtIn, strategyNamed, type Registry } from "./registry.ts";

/** A strategy, and the person's own files that it comes from. */
export type FoundStrategy = {
  readonly strategy: AnyStrategy;
  /** Absolute path; null for a built-in strategy. */
  readonly file: string | null;
  /** Strategy and plug-in files, for the hash of the code. */
  readonly ownFiles: readonly string[];
  /** Code of a strategy that came neither from a file nor with Kiwi. */
  readonly sourceText?: string;
  /** Everything else that the run may name. */
  readonly registry: Registry;
};

/** Whether a strategy is named by the path of its file. */
function isStrategyPath(name: string): boolean {
  return /[\\/]|\.[cm]?[jt]s$/.test(name);
}

/**
 * Finds a built-in strategy by name, or loads it from its file: a path, or the name of a `.ts` file in the folder.
 * Throws `STRATEGY_UNKNOWN` and what loading throws.
 */
export async function findStrategy(
  folder: string,
  name: string,
  plugins: readonly string[] = [],
  registry: Registry = builtIn,
): Promise<FoundStrategy> {
  const pluginFiles = plugins.map((path) => resolve(folder, path));
  const file = strategyFileOf(folder, name, registry);
  if (file === null)
    return { strategy: strategyNamed(name, registry), file, ownFiles: pluginFiles, registry };
  return { strategy: await loadStrategyFile(file), file, ownFiles: [file, ...pluginFiles], registry };
}

/** The file that is meant: a path, or a `.ts` file of that name in the folder; null for a built-in strategy. */
export function strategyFileOf(folder: string, name: string, { strategies }: Registry): string | null {
  if (isStrategyPath(name)) return resolve(folder, name);
  const besides = resolve(folder, `${name}.ts`);
  return strategies.every((strategy) => strategy.name !== name) && existsSync(besides) ? besides : null;
}
