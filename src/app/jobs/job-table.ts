import { jobAt } from "../../jobs/job.ts";

/** Every job that a person, a server or a robot may ask for, by name. Nothing is loaded until it is performed. */
export const jobs = {
  backtest: jobAt<typeof import("./backtest-job.ts").default>(
    "backtest",
    new URL("./backtest-job.ts", import.meta.url),
  ),
  report: jobAt<typeof import("./report-job.ts").default>(
    "report",
    new URL("./report-job.ts", import.meta.url),
  ),
  check: jobAt<typeof import("./check-job.ts").default>("check", new URL("./check-job.ts", import.meta.url)),
  difference: jobAt<typeof import("./difference-job.ts").default>(
    "difference",
    new URL("./difference-job.ts", import.meta.url),
  ),
  explain: jobAt<typeof import("./explain-job.ts").default>(
    "explain",
    new URL("./explain-job.ts", import.meta.url),
  ),
  strategyTest: jobAt<typeof import("./strategy-test-job.ts").default>(
    "strategyTest",
    new URL("./strategy-test-job.ts", import.meta.url),
  ),
  strategyShow: jobAt<typeof import("./strategy-show-job.ts").default>(
    "strategyShow",
    new URL("./strategy-show-job.ts", import.meta.url),
  ),
  trainRegime: jobAt<typeof import("./models/train-regime-job.ts").default>(
    "trainRegime",
    new URL("./models/train-regime-job.ts", import.meta.url),
  ),
  trainPredictor: jobAt<typeof import("./models/train-predictor-job.ts").default>(
    "trainPredictor",
    new URL("./models/train-predictor-job.ts", import.meta.url),
  ),
  evaluateModel: jobAt<typeof import("./models/evaluate-model-job.ts").default>(
    "evaluateModel",
    new URL("./models/evaluate-model-job.ts", import.meta.url),
  ),
  askModels: jobAt<typeof import("./models/ask-models-job.ts").default>(
    "askModels",
    new URL("./models/ask-models-job.ts", import.meta.url),
  ),
  trainAll: jobAt<typeof import("./models/train-all-job.ts").default>(
    "trainAll",
    new URL("./models/train-all-job.ts", import.meta.url),
  ),
  explainSession: jobAt<typeof import("../explain/explain-session-job.ts").default>(
    "explainSession",
    new URL("../explain/explain-session-job.ts", import.meta.url),
  ),
  explainModel: jobAt<typeof import("./models/explain-model-job.ts").default>(
    "explainModel",
    new URL("./models/explain-model-job.ts", import.meta.url),
  ),
  optimize: jobAt<typeof import("./optimize-job.ts").default>(
    "optimize",
    new URL("./optimize-job.ts", import.meta.url),
  ),
  validate: jobAt<typeof import("./validate-job.ts").default>(
    "validate",
    new URL("./validate-job.ts", import.meta.url),
  ),
  demo: jobAt<typeof import("./demo-job.ts").default>("demo", new URL("./demo-job.ts", import.meta.url)),
};
