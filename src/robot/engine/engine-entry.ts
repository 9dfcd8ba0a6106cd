import { parentPort, workerData } from "node:worker_threads";
import { EngineHost, type EngineParts } from "./engine-host.ts";
import type { EngineAnswer, EngineQuestion } from "./engine-messages.ts";

// The thread of an engine: everything that a person's strategy does happens here.
const port = parentPort!;
const { builder, making } = workerData as { readonly builder: string; readonly making: unknown };
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
const post = (answer: EngineAnswer): void => port.postMessage(answer);
const opening = openHost();
// Who asks hears of it.
opening.catch(() => {});

port.on("message", (question: EngineQuestion) => {
  opening
    .then((host) => post(host.answer(question, () => post({ kind: "progress" }))))
    .catch((error: unknown) =>
      post({ kind: "failed", error: error instanceof Error ? error.message : String(error) }),
    );
});

async function openHost(): Promise<EngineHost> {
  const { default: build } = (await import(/* @vite-ignore */ builder)) as {
    readonly default: (order: unknown) => Promise<EngineParts>;
  };
  return new EngineHost(await build(making));
}
