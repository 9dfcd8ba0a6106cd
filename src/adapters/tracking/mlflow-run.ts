import type { TrainingEnd, TrainingLog, TrainingParams } from "../../ports/learning/training-log.ts";
import { MlflowClient } from "./mlflow-client.ts";

const experiment = "kiwi";
/** Most of each that MLflow takes in one batch. */
const [metricsMax, paramsMax] = [1000, 100] as const;
/** Numbers that are waited for before they are sent. */
const sentTogether = 200;

type Metric = {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
};

/**
 * One training as a run of an MLflow server. Sends in the background; the first time that something fails it says so by `warn`,
 * and from then on is silent: a training never waits for it, nor ends by it. Throws `MLFLOW_ADDRESS` alone.
 */
export function mlflowRun(
  uri: string,
  name: string,
  params: TrainingParams,
  warn: (line: string) => void,
): TrainingLog {
  const client = new MlflowClient(uri);
  let waiting: Metric[] = [];
  let hasFailed = false;
  let run: { readonly id: string; readonly artifactUri: string } | null = null;
  let queue = Promise.resolve();
  const then = (work: () => Promise<unknown>): void => {
    queue = queue.then(async () => {
      if (hasFailed) return;
      await work().catch((error: unknown) => {
        hasFailed = true;
        warn(`MLflow does not hear of ${name} any more: ${reasonOf(error)}. The training goes on.`);
      });
    });
  };
  const send = (): void => {
    const metrics = waiting;
    waiting = [];
    for (let from = 0; from < metrics.length; from += metricsMax)
      then(() =>
        client.post("runs/log-batch", { run_id: run!.id, metrics: metrics.slice(from, from + metricsMax) }),
      );
  };
  const sendParams = (given: TrainingParams): void => {
    const list = Object.entries(given).map(([key, value]) => ({ key, value: String(value) }));
    for (let from = 0; from < list.length; from += paramsMax)
      then(() =>
        client.post("runs/log-batch", { run_id: run!.id, params: list.slice(from, from + paramsMax) }),
      );
  };
  then(async () => {
    type Made = {
      readonly run: { readonly info: { readonly run_id: string; readonly artifact_uri: string } };
    };
    const made = (await client.post("runs/create", {
      experiment_id: await client.experimentId(experiment),
      run_name: name,
      start_time: Date.now(),
      tags: [{ key: "mlflow.source.name", value: "kiwi train" }],
    })) as Made;
    run = { id: made.run.info.run_id, artifactUri: made.run.info.artifact_uri };
  });
  sendParams(params);
  const add = (prefix: string, step: number, values: Readonly<Record<string, number>>): void => {
    const timestamp = Date.now();
    for (const [key, value] of Object.entries(values))
      if (Number.isFinite(value)) waiting.push({ key: `${prefix}${key}`, value, timestamp, step });
  };
  return {
    metrics(part, step, values) {
      if (hasFailed) return;
      add(`${part}/`, step, values);
      if (waiting.length >= sentTogether) send();
    },
    async end(end: TrainingEnd) {
      add("", 0, end.scores);
      send();
      sendParams(Object.fromEntries(Object.entries(end.params).filter(([key]) => !(key in params))));
      for (const { name: file, bytes } of end.files) then(() => client.upload(run!.artifactUri, file, bytes));
      if (end.error !== null)
        then(() => client.post("runs/set-tag", { run_id: run!.id, key: "error", value: end.error }));
      const status = end.status === "done" ? "FINISHED" : "FAILED";
      then(() => client.post("runs/update", { run_id: run!.id, status, end_time: Date.now() }));
      await queue;
    },
  };
}

/** What went wrong, without the address: it may hold a password. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error) return `no answer (${(cause as NodeJS.ErrnoException).code ?? cause.message})`;
  return error.name === "TimeoutError" ? "no answer in half a minute" : error.message;
}
