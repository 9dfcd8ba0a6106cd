import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { saysOutOfMemory } from "../../base/out-of-memory.ts";
import type {
  EngineAnswer,
  EngineLimits,
  EngineQuestion,
  FromEngineProcess,
  ToEngineProcess,
} from "./engine-messages.ts";
import { EngineGone, tooLarge, type EngineMaking } from "./engine-thread.ts";

const entry = fileURLToPath(new URL("engine-process-entry.ts", import.meta.url));
const listenEveryMs = 2_000;
/** A process that watches its own thread says so every other second; one that was silent for so many listenings hangs itself. */
const silencesMax = 30;

/**
 * A process with an engine in a thread. A thread that wants more memory than it may can take its whole process with it (Node
 * gives up where one allocation is larger than what is left): so there is nothing in that process but the engine and who
 * watches it. It answers one question after the other; whatever the engine does, it can be ended, and the robot goes on.
 */
export class EngineProcess {
  private readonly child: ChildProcess;
  private readonly limits: EngineLimits;
  private asked: { resolve: (answer: EngineAnswer) => void; reject: (error: EngineGone) => void } | null =
    null;
  private last: Promise<unknown> = Promise.resolve();
  private gone: EngineGone | null = null;
  private readonly listening: NodeJS.Timeout;
  private silences = 0;
  private isOutOfMemory = false;
  private onGone: (why: EngineGone) => void;
  private readonly onLarge: (megabytes: number) => void;

  /**
   * `onGone` hears once that it is gone, whether it was asked something or not, `onLarge` once that it has taken most of what it
   * may.
   */
  constructor(
    { builder, making, environment }: EngineMaking,
    limits: EngineLimits,
    onGone: (why: EngineGone) => void,
    onLarge: (megabytes: number) => void,
  ) {
    this.limits = limits;
    this.onGone = onGone;
    this.onLarge = onLarge;
    const { NODE_COMPILE_CACHE: compiled } = process.env;
    this.child = fork(entry, {
      // Infinity, NaN and maps travel as they are.
      serialization: "advanced",
      execArgv: [],
      env: { ...environment, ...(compiled === undefined ? {} : { NODE_COMPILE_CACHE: compiled }) },
      stdio: ["ignore", "inherit", "pipe", "ipc"],
    });
    this.hearErrors(this.child.stderr!);
    this.child.on("message", (message: FromEngineProcess) => this.hear(message));
    this.child.on("error", (error) => this.end(`its process failed: ${error.message}`));
    // "close" and not "exit": what it printed has been read by then.
    this.child.on("close", (code, signal) => this.end(this.whyEnded(code, signal)));
    this.listening = setInterval(() => this.listen(), listenEveryMs);
    this.listening.unref();
    this.send({ kind: "begin", builder: builder.href, making, environment, limits });
  }

  /** Waits for the answer to what was asked before. Rejects with `EngineGone` when no answer will come. */
  ask(question: EngineQuestion): Promise<EngineAnswer> {
    const answer = this.last.then(() => this.askNow(question));
    this.last = answer.catch(() => {});
    return answer;
  }

  private askNow(question: EngineQuestion): Promise<EngineAnswer> {
    return new Promise((resolve, reject) => {
      if (this.gone !== null) return reject(this.gone);
      this.asked = { resolve, reject };
      this.send({ kind: "ask", question });
    });
  }

  /** Ends it without a word. */
  async close(): Promise<void> {
    this.onGone = () => {};
    this.end("it was closed");
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }

  /** Whoever cannot be sent to has ended, and that is heard of. */
  private send(message: ToEngineProcess): void {
    this.child.send(message, () => {});
  }

  private hear(message: FromEngineProcess): void {
    this.silences = 0;
    if (message.kind === "large") this.onLarge(message.megabytes);
    if (message.kind === "gone") this.end(message.why);
    if (message.kind !== "answer") return;
    const { asked } = this;
    this.asked = null;
    asked?.resolve(message.answer);
  }

  /** Passes on what it says, up to the account of its memory that Node gives at such an end. */
  private hearErrors(errors: Readable): void {
    errors.setEncoding("utf8").on("data", (text: string) => {
      this.isOutOfMemory ||= saysOutOfMemory(text);
      if (!this.isOutOfMemory) process.stderr.write(text);
    });
  }

  private listen(): void {
    this.silences += 1;
    if (this.silences > silencesMax)
      this.end(`its process has said nothing for ${(silencesMax * listenEveryMs) / 1_000} s`);
  }

  private whyEnded(code: number | null, signal: string | null): string {
    if (this.isOutOfMemory) return tooLarge(this.limits);
    if (signal === "SIGKILL")
      return "its process was killed (SIGKILL): by somebody, or by a machine that ran out of memory";
    return `its process has ended (${signal ?? `exit code ${code}`})`;
  }

  private end(why: string): void {
    if (this.gone !== null) return;
    this.gone = new EngineGone(why);
    clearInterval(this.listening);
    this.child.kill("SIGKILL");
    const { asked } = this;
    this.asked = null;
    this.onGone(this.gone);
    asked?.reject(this.gone);
  }
}
