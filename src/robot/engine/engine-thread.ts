import { Worker } from "node:worker_threads";
import type { EngineAnswer, EngineLimits, EngineQuestion } from "./engine-messages.ts";

/** A module whose default export makes the parts of an engine from `making`, which is plain data. */
export type EngineMaking = {
  readonly builder: URL;
  readonly making: object;
  /** The environment that the strategy sees. */
  readonly environment: Readonly<Record<string, string>>;
};

const lookEveryMs = 200;
/** Who sleeps uses no processor: beyond so many times the limit by the clock it hangs as well. */
const wallFactor = 12;
/** To load the code may take so much longer than a step; a part of a journal, or of the backtest beside it, so much. */
const restoreFactor = 10;
/** What a thread holds at the least through so many looks counts, for the rest may be garbage; from this share of its limit on it is said. */
const looksForMemory = 60;
const largeShare = 0.8;
const progressFactor = 2;
/** A thread that only collects its garbage answers no question about itself: after so many looks its process is measured in its place. */
const looksForAnswer = 10;
/** What the process of a thread may hold for each byte of the thread's limit, and besides: code, stacks, garbage of the young. */
const processFactor = 1.5;
const processMb = 256;
const entry = new URL("engine-entry.ts", import.meta.url);

/** Why an engine was ended, or ended by itself. */
export class EngineGone extends Error {}

/** What is said of one that has taken too much. */
export const tooLarge = ({ memoryMbMax }: EngineLimits): string => `it has taken more than ${memoryMbMax} MB`;

/** A thread with an engine. It answers one question after the other; whatever it does, it is ended at its limits. */
export class EngineThread {
  private readonly worker: Worker;
  private readonly limits: EngineLimits;
  private asked: { resolve: (answer: EngineAnswer) => void; reject: (error: EngineGone) => void } | null =
    null;
  private gone: EngineGone | null = null;
  private cpuMsMax = 0;
  private askedMs = 0;
  private cpuMsAtAsking = Number.NaN;
  private readonly look: NodeJS.Timeout;
  private readonly onGone: (why: EngineGone) => void;
  private readonly onLarge: (megabytes: number) => void;
  private bytesAtLeast = Infinity;
  private looks = 0;
  private isLargeSaid = false;
  private looksUnanswered = 0;
  private processCpuMsAtAsking = 0;

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
    this.worker = new Worker(entry, {
      workerData: { builder: builder.href, making },
      env: environment,
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMbMax },
    });
    this.worker.on("message", (answer: EngineAnswer) => this.hear(answer));
    this.worker.on("error", (error: NodeJS.ErrnoException) =>
      this.end(
        error.code === "ERR_WORKER_OUT_OF_MEMORY"
          ? tooLarge(this.limits)
          : `it threw outside of a bar: ${error.message}`,
      ),
    );
    this.worker.on("exit", (code) => this.end(`its thread has ended with ${code}`));
    this.look = setInterval(() => this.lookAt(), lookEveryMs);
    this.look.unref();
  }

  /** One question at a time: its process waits for each answer. Rejects with `EngineGone` when no answer will come. */
  ask(question: EngineQuestion): Promise<EngineAnswer> {
    return new Promise((resolve, reject) => {
      if (this.gone !== null) return reject(this.gone);
      this.asked = { resolve, reject };
      this.cpuMsMax = this.limits.cpuMsMax * (question.kind === "restore" ? restoreFactor : 1);
      this.restartClock();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin
      this.worker.postMessage(question);
    });
  }

  private restartClock(): void {
    this.askedMs = performance.now();
    this.cpuMsAtAsking = Number.NaN;
    this.processCpuMsAtAsking = processCpuMs();
  }

  private hear(answer: EngineAnswer): void {
    if (answer.kind === "progress") {
      // The code is loaded; so many steps of the past take no longer than a few of now.
      this.cpuMsMax = this.limits.cpuMsMax * progressFactor;
      return this.restartClock();
    }
    if (answer.kind === "failed") return this.end(`it threw: ${answer.error}`);
    const { asked } = this;
    this.asked = null;
    asked?.resolve(answer);
  }

  private lookAt(): void {
    const { cpuMsMax, limits, looksUnanswered } = this;
    const wallMsMax = cpuMsMax * wallFactor;
    if (looksUnanswered > looksForAnswer && isProcessLarge(limits)) return this.end(tooLarge(limits));
    if (this.asked !== null) {
      // Its process has nothing else to do, and the collection of its garbage is computing as well.
      const cpuMs = looksUnanswered > looksForAnswer ? processCpuMs() - this.processCpuMsAtAsking : 0;
      if (cpuMs > cpuMsMax) return this.end(`it has computed for ${cpuMsMax / 1_000} s without an end`);
      if (performance.now() - this.askedMs > wallMsMax)
        return this.end(`it has not answered for ${wallMsMax / 1_000} s`);
    }
    if (this.looksUnanswered++ === 0) void this.measure();
  }

  /** Both figures come from a thread that never pauses as well, but not from one that is out of memory. */
  private async measure(): Promise<void> {
    const { worker, limits } = this;
    try {
      const [{ user, system }, heap] = await Promise.all([worker.cpuUsage(), worker.getHeapStatistics()]);
      if (this.gone !== null) return;
      const bytes = heap.used_heap_size + heap.external_memory;
      if (bytes > limits.memoryMbMax * 2 ** 20) this.end(tooLarge(limits));
      this.watchMemory(bytes);
      if (this.asked === null) return;
      const cpuMs = (user + system) / 1_000;
      if (Number.isNaN(this.cpuMsAtAsking)) this.cpuMsAtAsking = cpuMs;
      if (cpuMs - this.cpuMsAtAsking > this.cpuMsMax)
        this.end(`it has computed for ${this.cpuMsMax / 1_000} s without an end`);
    } catch {
      // A thread that is just starting or ending cannot be measured; its end is heard of.
    } finally {
      this.looksUnanswered = 0;
    }
  }

  private watchMemory(bytes: number): void {
    this.bytesAtLeast = Math.min(this.bytesAtLeast, bytes);
    this.looks += 1;
    if (this.looks % looksForMemory !== 0) return;
    const megabytes = this.bytesAtLeast / 2 ** 20;
    this.bytesAtLeast = Infinity;
    if (this.isLargeSaid || megabytes < this.limits.memoryMbMax * largeShare) return;
    this.isLargeSaid = true;
    this.onLarge(megabytes);
  }

  private end(why: string): void {
    if (this.gone !== null) return;
    this.gone = new EngineGone(why);
    clearInterval(this.look);
    void this.worker.terminate();
    const { asked } = this;
    this.asked = null;
    this.onGone(this.gone);
    asked?.reject(this.gone);
  }
}

function processCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function isProcessLarge({ memoryMbMax }: EngineLimits): boolean {
  return process.memoryUsage.rss() > (memoryMbMax * processFactor + processMb) * 2 ** 20;
}
