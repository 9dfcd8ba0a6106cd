import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { defineConfig, type ViteUserConfig } from "vitest/config";
// @ts-expect-error -- plain JavaScript, for it runs before anything is installed
import { bundlePlace } from "./bin/bundle-place.js";

/** Files that take most of a minute or more, most of it waiting for processes: one that began last would keep a core alone. */
const longFiles = [
  "test/package.test.ts",
  "test/trading/demo.test.ts",
  "src/cli/optimize.test.ts",
  "test/robot/engine-process.test.ts",
  "test/zoo/zoo.test.ts",
  "test/simulation/interrupted-repair.test.ts",
  "src/app/search/queue-place.test.ts",
  "test/prove/soak.test.ts",
  "src/cli/news-run.test.ts",
];

class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = longFiles.findIndex((name) => moduleId.endsWith(name));
      return at === -1 ? longFiles.length : at;
    };
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

const root = import.meta.dirname;
const source = join(root, "src");
// Who watches edits the source while the tests stand: what was put together before is old by then.
const place = (bundlePlace as (root: string) => string)(root);
// What was transformed while there was no bundle must not be taken for what is transformed with it.
const bundle = process.argv.includes("run") && existsSync(place) ? place : null;
const jobAddress = /(new URL\(\s*)"((?:[^"]*\/)?(?:[^"/]+-job|thread-entry|process-entry)\.ts)"/g;

/**
 * Threads and processes of jobs load what bin/bundle.js put together, as those of a command do, where it is there and as
 * new as the source: hundreds are started by the tests, and each costs half as much again from the source.
 */
const bundledJobs: NonNullable<ViteUserConfig["plugins"]>[number] = {
  name: "bundled-jobs",
  enforce: "pre",
  // What was transformed is kept between runs: with another bundle it is another thing.
  configureVitest({ defineCacheKeyGenerator }) {
    defineCacheKeyGenerator(() => bundle);
  },
  transform(code, id) {
    if (bundle === null || !id.startsWith(source)) return null;
    return code.replaceAll(jobAddress, (whole, before: string, path: string) => {
      const name = join(dirname(id), path).slice(source.length + 1, -".ts".length);
      const file = join(bundle, `${name.replaceAll(/[\\/]/g, "--")}.mjs`);
      return existsSync(file) ? `${before}"${pathToFileURL(file).href}"` : whole;
    });
  },
};

export default defineConfig({
  plugins: [bundledJobs],
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    // One process per worker instead of one per file: ten times faster, and no test may depend on module state anyway.
    isolate: false,
    pool: "threads",
    // A third of the time is waiting: for processes, sockets, timers. By default one core is left alone, which of two is half.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    testTimeout: 60_000,
    sequence: { sequencer: LongFilesFirst },
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/**/*.test.ts"],
      // What is lost between a venue and the store is lost for good. This only ever goes up, to 100.
      thresholds: { "src/data/**": { lines: 100, statements: 100, functions: 100, branches: 99 } },
    },
  },
});
