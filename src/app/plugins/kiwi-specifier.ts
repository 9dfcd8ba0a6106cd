import { registerHooks } from "node:module";
import { runningPlace } from "./running-code.ts";

// Built, this module and those it names end in .js.
const ending = import.meta.url.slice(-2);
const addressOf = (name: string): string => new URL(`../../${name}.${ending}`, import.meta.url).href;
const publicApi: Readonly<Record<string, string>> = {
  kiwi: addressOf("index"),
  "kiwi/data": addressOf("data"),
};
const addresses = new Set(Object.values(publicApi));
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
    load(url, context, nextLoad) {
      const place = addresses.has(url) ? runningPlace(url) : url;
      if (place === url) return nextLoad(url, context);
      return { format: "module", source: `export * from ${JSON.stringify(place)};`, shortCircuit: true };
    },
  });
}
