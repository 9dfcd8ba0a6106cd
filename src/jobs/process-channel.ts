import { fork } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { saysOutOfMemory } from "../base/out-of-memory.ts";
import type { Channel, ChannelOptions } from "./channel.ts";
import type { JobMessage } from "./job-messages.ts";
import { lineSplitter } from "./line-splitter.ts";
import { boardBytes, ProgressBoard } from "./progress-board.ts";

const entry = fileURLToPath(new URL("process-entry.ts", import.meta.url));

/** A process that performs jobs: it sees nothing of ours but its environment, has its own memory, and can be ended. */
export function processChannel({ environment, memoryMbMax }: ChannelOptions): Channel {
  const board = new ProgressBoard();
  const child = fork(entry, {
    // Bars and columns travel as they are.
    serialization: "advanced",
    execArgv: memoryMbMax === undefined ? [] : [`--max-old-space-size=${memoryMbMax}`],
    env: environment,
    stdio: ["ignore", "pipe", "pipe", "ipc", "pipe"],
  });
  (child.stdio[4] as Readable).on("data", boardReader(board)).on("error", () => {});
  let isOutOfMemory = false;
  return {
    board,
    // Whoever cannot be sent to has ended, and that is heard of below.
    send: (order, onSent) => void child.send(order, () => onSent()),
    listen({ onMessage, onEnd }) {
      // What it prints comes as messages; here is what the engine itself says, before the end.
      const say = (line: string) => {
        isOutOfMemory ||= saysOutOfMemory(line);
        onMessage({ kind: "say", line });
      };
      for (const stream of [child.stdout!, child.stderr!]) {
        const { take, flush } = lineSplitter(say);
        stream.setEncoding("utf8").on("data", take).on("end", flush);
      }
      child.on("message", (message: JobMessage) => onMessage(message));
      child.on("error", (error) => onEnd({ kind: "crash", error }));
      // "close" and not "exit": what it printed has been read by then.
      child.on("close", (code, signal) =>
        onEnd(isOutOfMemory && signal !== null ? { kind: "memory" } : { kind: "exit", code }),
      );
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const closed = once(child, "close");
      child.kill("SIGKILL");
      await closed;
    },
  };
}

/** Puts what arrives of the other side's board into ours, one whole board at a time. */
function boardReader(board: ProgressBoard): (bytes: Buffer) => void {
  let pending = Buffer.alloc(0);
  return (bytes) => {
    pending = Buffer.concat([pending, bytes]);
    const whole = Math.floor(pending.length / boardBytes) * boardBytes;
    if (whole === 0) return;
    board.copyFrom(pending.subarray(whole - boardBytes, whole));
    pending = pending.subarray(whole);
  };
}
