import { createServer } from "node:http";
import { expect, test } from "vitest";
import { openMlflow, pythonHas } from "../../../test/mlflow-server.ts";
import type { TrainingEnd } from "../../ports/learning/training-log.ts";
import { mlflowRun } from "./mlflow-run.ts";

const done: TrainingEnd = {
  status: "done",
  params: { steps: 1600, family: "boosted" },
  scores: { accuracy: 0.53, auc: Number.NaN },
  files: [{ name: "net.onnx", bytes: Uint8Array.of(8, 8, 0) }],
  version: 1,
  error: null,
};

test.skipIf(!pythonHas("mlflow"))(
  "a real MLflow server has the run with its parameters, metrics by step, state and files",
  async () => {
    const server = await openMlflow();
    try {
      const warnings: string[] = [];
      for (const name of ["first", "second"]) {
        const params = { family: "boosted", seed: 7 };
        const run = mlflowRun(server.uri, name, params, (line) => void warnings.push(line));
        for (let step = 1; step <= 250; step++) run.metrics("turn1", step, { loss: 1 / step });
        await run.end(name === "first" ? done : { ...done, status: "failed", files: [], error: "a reason" });
      }
      expect(warnings).toEqual([]);
      const ask = async (method: string, body?: unknown) => {
        const init = { method: "POST", headers: { "content-type": "application/json" } };
        const url = `${server.uri}/api/2.0/mlflow/${method}`;
        const answer = await (body === undefined
          ? fetch(url)
          : fetch(url, { ...init, body: JSON.stringify(body) }));
        return (await answer.json()) as Record<string, never>;
      };
      const { experiment } = await ask("experiments/get-by-name?experiment_name=kiwi");
      const { runs } = await ask("runs/search", {
        experiment_ids: [experiment!["experiment_id"]],
        order_by: ["attributes.start_time ASC"],
      });
      const [first, second] = runs as unknown as readonly Run[];
      expect(first!.info).toMatchObject({ run_name: "first", status: "FINISHED" });
      expect(second!.info).toMatchObject({ run_name: "second", status: "FAILED" });
      expect(second!.data.tags).toContainEqual({ key: "error", value: "a reason" });
      expect(first!.data.params.map(({ key, value }) => `${key} ${value}`).sort()).toEqual([
        "family boosted",
        "seed 7",
        "steps 1600",
      ]);
      const metrics = Object.fromEntries(first!.data.metrics.map(({ key, value }) => [key, value]));
      expect(metrics).toEqual({ accuracy: 0.53, "turn1/loss": 1 / 250 });
      const id = first!.info.run_id;
      const history = await ask(`metrics/get-history?run_id=${id}&metric_key=turn1%2Floss`);
      expect(history["metrics"]).toHaveLength(250);
      const files = await ask(`artifacts/list?run_id=${id}`);
      expect(files["files"]).toMatchObject([{ path: "net.onnx", file_size: 3 }]);
    } finally {
      await server.close();
    }
  },
  240_000,
);

type Run = {
  readonly info: { readonly run_id: string };
  readonly data: Readonly<
    Record<"params" | "tags", readonly { readonly key: string; readonly value: string }[]>
  > & { readonly metrics: readonly { readonly key: string; readonly value: number }[] };
};

test("a server that is not there, refuses or talks nonsense is told of once, and ends nothing", async () => {
  const nonsense = createServer((_, answer) => answer.writeHead(200).end("<html>"));
  await new Promise<void>((resolve) => nonsense.listen(0, "127.0.0.1", resolve));
  const { port } = nonsense.address() as { readonly port: number };
  const refusing = createServer((_, answer) => answer.writeHead(503).end("not\nnow"));
  await new Promise<void>((resolve) => refusing.listen(0, "127.0.0.1", resolve));
  const { port: other } = refusing.address() as { readonly port: number };
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
  const { port: closed } = gone.address() as { readonly port: number };
  await new Promise((resolve) => gone.close(resolve));
  for (const [uri, reason] of [
    ["http://me:secretword@127.0.0.1:9", "no answer (bad port)"],
    [`http://me:secretword@127.0.0.1:${closed}`, "no answer (ECONNREFUSED)"],
    [`http://127.0.0.1:${other}`, "it answered 503: not now"],
    [`http://127.0.0.1:${port}`, "Unexpected token"],
  ] as const) {
    const warnings: string[] = [];
    const run = mlflowRun(uri, "net", {}, (line) => void warnings.push(line));
    run.metrics("final", 1, { loss: 1 });
    await run.end(done);
    expect(warnings).toEqual([expect.stringContaining(reason)]);
    expect(warnings[0]).not.toContain("secretword");
  }
  nonsense.close();
  refusing.close();
  expect(() => mlflowRun("localhost:5000", "net", {}, () => {})).toThrow("KIWI_MLFLOW_URI");
});
