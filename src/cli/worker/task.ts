/** Every piece of work by name, loaded when it is called. */
export const tasks = {
  backtest: async () => (await import("../tasks/backtest-task.ts")).backtestTask,
  report: async () => (await import("../tasks/report-task.ts")).reportTask,
  check: async () => (await import("../tasks/check-task.ts")).checkTask,
  difference: async () => (await import("../tasks/difference-task.ts")).differenceTask,
  explain: async () => (await import("../tasks/explain-task.ts")).explainTask,
  strategyTest: async () => (await import("../tasks/strategy-test-task.ts")).strategyTestTask,
  strategyShow: async () => (await import("../tasks/strategy-show-task.ts")).strategyShowTask,
  trainRegime: async () => (await import("../tasks/train-regime-task.ts")).trainRegimeTask,
  demo: async () => (await import("../tasks/demo-task.ts")).demoTask,
};

export type TaskName = keyof typeof tasks;
type TaskOf<Name extends TaskName> = Awaited<ReturnType<(typeof tasks)[Name]>>;
export type TaskInput<Name extends TaskName> = Parameters<TaskOf<Name>>[0];
export type TaskOutput<Name extends TaskName> = Awaited<ReturnType<TaskOf<Name>>>;

/** What the worker says to the main thread. */
export type WorkerMessage =
  | { readonly kind: "stage"; readonly name: string }
  | { readonly kind: "say"; readonly line: string }
  | { readonly kind: "done"; readonly output: unknown }
  | { readonly kind: "failed"; readonly failure: Failure };

/** An error on its way between threads, where classes are lost. */
export type Failure = {
  readonly parts: import("../../base/errors.ts").ErrorParts | null;
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly cause: Failure | null;
};
