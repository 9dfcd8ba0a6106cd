import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    // One process per worker instead of one per file: ten times faster, and no test may depend on module state anyway.
    isolate: false,
    pool: "threads",
    // By default one core is left alone, which of two is half.
    maxWorkers: "100%",
    testTimeout: 60_000,
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/**/*.test.ts"],
      // What is lost between a venue and the store is lost for good. This only ever goes up, to 100.
      thresholds: { "src/data/**": { lines: 100, statements: 100, functions: 100, branches: 99 } },
    },
  },
});
