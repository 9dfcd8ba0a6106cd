import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ownPython, pythonHas } from "../../../test/mlflow-server.ts";
import { temporaryFolder } from "../../../test/run-kiwi.ts";
import { Prng } from "../../base/prng.ts";
import { longTermNetwork } from "../../learning/networks/long-term.ts";
import { mediumTermNetwork } from "../../learning/networks/medium-term.ts";
import { firstParameters } from "../../learning/networks/network.ts";
import { shortTermNetwork } from "../../learning/networks/short-term.ts";
import { askGraph } from "../../learning/training/held-loss.ts";
import { networkDefaults, type NetworkTask } from "../../learning/training/network-task.ts";
import { trainNetwork } from "../../learning/training/train-network.ts";
import { onnxRuntime } from "./onnx-runtime.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

const width = 4;
const batch = 2;
const random = new Prng(12);
const networks = [
  ["short-term", shortTermNetwork(width, "small")],
  ["medium-term", mediumTermNetwork(width, "small")],
  ["long-term", longTermNetwork(width, "small")],
] as const;
const asked = networks.map(([name, network]) => {
  const parameters = firstParameters(network, random.fork(name));
  const shape = [batch, network.windowRows, width];
  const data = Float32Array.from({ length: batch * network.windowRows * width }, () => random.normal());
  return { name, shape, data, bytes: askGraph(network, parameters, width, batch).bytes() };
});

async function answers(kind: "native" | "web") {
  const runtime = await onnxRuntime(kind);
  const found = [];
  for (const { bytes, shape, data } of asked) {
    const opened = await runtime.open(bytes, 1);
    found.push(await opened.run({ rows: { shape, data } }));
    await opened.close();
  }
  return found;
}

const native = await answers("native");

test("every network, and all that it shows, is the same in WebAssembly to 1e-5", async () => {
  for (const [k, found] of (await answers("web")).entries())
    for (const [name, { data }] of Object.entries(native[k]!))
      data.forEach((value, at) => expect(Math.abs(value - found[name]!.data[at]!)).toBeLessThan(1e-5));
});

test.skipIf(!pythonHas("onnxruntime"))(
  "every network opens in Python's runtime, and says the same to 1e-5",
  () => {
    const program = `
import json, sys, numpy, onnxruntime
for file, given in json.load(open(sys.argv[1])):
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    rows = numpy.array(given["data"], dtype=numpy.float32).reshape(given["shape"])
    names = [one.name for one in session.get_outputs()]
    print(json.dumps(dict(zip(names, [one.flatten().tolist() for one in session.run(names, {"rows": rows})]))))
`;
    const list = asked.map(({ name, bytes, shape, data }) => {
      writeFileSync(join(folder, `${name}.onnx`), bytes);
      return [join(folder, `${name}.onnx`), { shape, data: [...data] }];
    });
    writeFileSync(join(folder, "asked.json"), JSON.stringify(list));
    const { stdout, stderr } = spawnSync(ownPython, ["-c", program, join(folder, "asked.json")], {
      encoding: "utf8",
    });
    const lines = stdout.trim().split("\n");
    expect(lines, stderr).toHaveLength(asked.length);
    for (const [k, line] of lines.entries())
      for (const [name, values] of Object.entries(JSON.parse(line) as Record<string, number[]>))
        values.forEach((value, at) =>
          expect(Math.abs(value - native[k]![name]!.data[at]!)).toBeLessThan(1e-5),
        );
  },
  120_000,
);

test("where the native library is missing, WebAssembly stands in for it, says so, and trains", () => {
  const refuse = `
import { registerHooks } from "node:module";
registerHooks({ resolve(name, context, next) {
  if (name === "onnxruntime-node") throw new Error("no such library");
  return next(name, context);
} });
const { onnxRuntime } = await import(${JSON.stringify(join(import.meta.dirname, "onnx-runtime.ts"))});
console.log((await onnxRuntime()).description);
await onnxRuntime("native").catch((error) => console.log(error.parts.code, error.parts.message));
`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", refuse], {
    encoding: "utf8",
    cwd: import.meta.dirname,
  });
  expect(stdout.trim().split("\n"), stderr).toEqual([
    "onnxruntime-web on one thread of the CPU",
    "RUNTIME_MISSING onnxruntime-node cannot be loaded: no such library",
  ]);
});

test("a step of training is the same in WebAssembly to 1e-4", async () => {
  const network = longTermNetwork(width, "small");
  const values = Float32Array.from({ length: 200 * width }, () => random.normal());
  const rows = Int32Array.from({ length: 100 }, (_, k) => 60 + k);
  const outcome = Float32Array.from(rows, () => (random.next() < 0.5 ? 1 : 0));
  const part = { rows, outcome, share: outcome.map((one) => 0.3 + one * 0.4), weights: outcome.map(() => 1) };
  const train = async (kind: "native" | "web"): Promise<readonly number[]> => {
    const losses: number[] = [];
    const task: NetworkTask = {
      network,
      values,
      width,
      learn: part,
      held: part,
      options: { ...networkDefaults, batch: 8, epochs: 1, stepsPerEpoch: 3 },
      seed: 2,
      runtime: await onnxRuntime(kind),
      checkpoint: null,
      key: "",
      onStep: ({ loss }) => void losses.push(loss),
      onLook: () => {},
    };
    await trainNetwork(task);
    return losses;
  };
  const [here, there] = [await train("native"), await train("web")];
  here.forEach((loss, k) => expect(Math.abs(loss - there[k]!)).toBeLessThan(1e-4));
});
