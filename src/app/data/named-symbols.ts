import { resolve } from "node:path";
import type { ResolvedConfig } from "../config/resolve-config.ts";
import { plainSymbol } from "../bars/pick-symbols.ts";
import { isDataFolder } from "./data-folder.ts";

/**
 * What a command says comes before what a file says: symbols named with `-p` that the project's data folder holds are
 * read from there, and not from the data that a configuration names.
 */
export async function namedSymbolsFirst(resolved: ResolvedConfig, folder: string): Promise<ResolvedConfig> {
  const { config, origins } = resolved;
  const isNamed = origins.get("pairs")?.kind === "flag";
  if (!isNamed || config.data.length === 0 || origins.get("data")?.kind === "flag") return resolved;
  const held = await heldSymbols(resolve(folder, config.dataFolder));
  if (!config.pairs.every((pair) => held.has(plainSymbol(pair)))) return resolved;
  return { ...resolved, config: { ...config, data: [] } };
}

/** Loaded when it is needed: most commands must not wait for a database. */
async function heldSymbols(path: string): Promise<ReadonlySet<string>> {
  if (!(await isDataFolder(path))) return new Set();
  const [{ openBars }, { surveyHeld }] = await Promise.all([
    import("./open-data.ts"),
    import("./held-for.ts"),
  ]);
  const store = await openBars(path);
  try {
    const { held, damaged } = await surveyHeld(store);
    return new Set([...held, ...damaged].map(({ symbol }) => plainSymbol(symbol)));
  } finally {
    await store.close();
  }
}
