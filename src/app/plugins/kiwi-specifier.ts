import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const addressOf = (file: string): string => pathToFileURL(join(import.meta.dirname, "..", "..", file)).href;
const publicApi: Readonly<Record<string, string>> = {
  kiwi: addressOf("index.ts"),
  "kiwi/data": addressOf("data.ts"),
};
let isInstalled = false;

/**
 * Lets a person's own file anywhere on the disk `import { strategy } from "kiwi"`: the name leads to this very
 * Kiwi, whether or not one is installed beside the file. Once per thread; calling it again does nothing.
 */
export function installKiwiSpecifier(): void {
  if (isInstalled) return;
  isInstalled = true;
  registerHooks({
    resolve: (specifier, context, nextResolve) =>
      Object.hasOwn(publicApi, specifier)
        ? { url: publicApi[specifier]!, shortCircuit: true }
        : nextResolve(specifier, context),
  });
}
