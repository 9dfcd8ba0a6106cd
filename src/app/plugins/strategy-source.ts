import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { strategyFileOf } from "./find-strategy.ts";
import { strategyFileNotFound } from "./load-strategy.ts";
import { builtIn, strategyNamed } from "./registry.ts";

/** The code of a strategy as it stands in its file, a person's own or one of Kiwi's. Throws what finding it throws. */
export async function strategySource(
  folder: string,
  name: string,
): Promise<{ readonly path: string; readonly text: string }> {
  const own = strategyFileOf(folder, name, builtIn);
  const path = own ?? fileOfBuiltIn(strategyNamed(name).name);
  const text = await readFile(path, "utf8").catch(() => {
    throw strategyFileNotFound(name, path);
  });
  return { path, text };
}

/** A built-in strategy is a file of its name: TypeScript in a clone, JavaScript in a package that was built. */
function fileOfBuiltIn(name: string): string {
  return join(import.meta.dirname, "..", "..", "strategies", `${name}${extname(import.meta.filename)}`);
}
