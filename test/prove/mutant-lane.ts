import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createVitest, type TestSpecification } from "vitest/node";
import type { LaneAnswer, LaneQuestion } from "./ask-lane.ts";

/**
 * A process beside a copy of the project (its working directory) that asks its tests about one fault after another. One
 * runner of tests for all of them: starting it costs five times what the tests of a room do. Whoever asks ends a lane
 * whose tests hang, for they may hold a thread for ever.
 */
const root = process.cwd();
/** How long a test may wait for something that never comes: so long that no busy machine is taken for a fault. */
const waitingMsMax = 600_000;
const vitest = await createVitest("test", {
  root,
  watch: false,
  bail: 1,
  maxWorkers: 1,
  testTimeout: waitingMsMax,
  reporters: [{}],
});
const known = await vitest.globTestSpecifications();

process.on("message", (question: LaneQuestion) => {
  void answer(question).then((said) => process.send!(said));
});
process.on("disconnect", () => process.exit());
process.send!({ kind: "ready" } satisfies LaneAnswer);

async function answer({ path, text, filters, secondsMax }: LaneQuestion): Promise<LaneAnswer> {
  const file = join(root, path);
  writeFileSync(file, text);
  vitest.invalidateFile(file);
  const before = process.cpuUsage();
  // Of the processor: a machine with much else to do spends no faster.
  const secondsSpent = (): number => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
  const watch = setInterval(() => {
    if (secondsSpent() > secondsMax) process.send!({ kind: "hangs" } satisfies LaneAnswer);
  }, 1_000);
  const asked = chosen(filters);
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(asked);
  clearInterval(watch);
  // What is told holds the files of earlier runs, too, as they were then.
  const files = new Set(asked.map(({ moduleId }) => moduleId));
  const told = testModules.filter(({ moduleId }) => files.has(moduleId));
  const isPassed = unhandledErrors.length === 0 && told.every((module) => module.ok());
  return { kind: "answer", isPassed, tests: told.length, seconds: secondsSpent() };
}

/** Test files whose path holds one of the words and none of those that begin with `!`. */
function chosen(filters: readonly string[]): TestSpecification[] {
  const without = filters.filter((word) => word.startsWith("!")).map((word) => word.slice(1));
  const wanted = filters.filter((word) => !word.startsWith("!"));
  return known.filter(
    ({ moduleId }) =>
      wanted.some((word) => moduleId.includes(`/${word}`)) &&
      !without.some((word) => moduleId.includes(`/${word}`)),
  );
}
