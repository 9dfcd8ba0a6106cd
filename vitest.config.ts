import { availableParallelism } from "node:os";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { defineConfig } from "vitest/config";

/** Files that take most of a minute or more, most of it waiting for processes: one that began last would keep a core alone. */
const longFiles = [
  "test/trading/demo.test.ts",
  "src/cli/optimize.test.ts",
  "test/simulation/interrupted-repair.test.ts",
  "src/app/search/queue-place.test.ts",
  "test/trading/kill-triggers.test.ts",
  "test/simulation/execution/execution.test.ts",
  "test/planted-regimes.test.ts",
  "test/package.test.ts",
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

export default defineConfig({
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
