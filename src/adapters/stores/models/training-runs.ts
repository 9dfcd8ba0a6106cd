import { appendFileSync, mkdirSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TrainingEnd, TrainingLog, TrainingParams } from "../../../ports/learning/training-log.ts";
import { isMissing, readFault, writeFault } from "../bars/bar-store-errors.ts";
import { replaceFile } from "../bars/durable-files.ts";

/** What is known of a training, in `run.json`. */
export type TrainingRecord = {
  readonly schema: "training@1";
  readonly id: string;
  readonly model: string;
  readonly status: "running" | TrainingEnd["status"];
  readonly startedMs: number;
  readonly endedMs: number | null;
  /** Process that trains; where it is gone and the status still is `running`, it was killed. */
  readonly processId: number;
  readonly params: TrainingParams;
  readonly scores: TrainingEnd["scores"];
  readonly version: number | null;
  readonly error: string | null;
};

/** Numbers of one step, one line of `metrics.jsonl`. */
export type TrainingMetrics = {
  readonly part: string;
  readonly step: number;
  readonly timeMs: number;
} & Readonly<Record<string, number | string>>;

const [recordName, metricsName] = ["run.json", "metrics.jsonl"] as const;

/**
 * Trainings in a folder: `<id>/run.json` says what was trained and what it came to, `<id>/metrics.jsonl` grows by one line per
 * few steps while it goes on, so that a page may follow it.
 */
export class TrainingRuns {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** Begins the story of a training. Throws `DISK_FULL` and `STORE_NOT_WRITABLE`; what fails later is told to `warn` once. */
  async begin(
    model: string,
    params: TrainingParams,
    startedMs: number,
    warn: (line: string) => void,
  ): Promise<TrainingLog & { readonly id: string }> {
    const id = this.makeFolder(model, startedMs);
    const folder = join(this.root, id);
    const begun: TrainingRecord = {
      schema: "training@1",
      id,
      model,
      status: "running",
      startedMs,
      endedMs: null,
      processId: process.pid,
      params,
      scores: {},
      version: null,
      error: null,
    };
    const write = (record: TrainingRecord) =>
      replaceFile(join(folder, recordName), [`${JSON.stringify(record, null, 2)}\n`]);
    await write(begun).catch((cause: unknown) => {
      throw writeFault(folder, cause, "models");
    });
    let hasFailed = false;
    const fail = (cause: unknown): void => {
      if (!hasFailed) warn(`${folder} is not written any more: ${String(cause)}. The training goes on.`);
      hasFailed = true;
    };
    return {
      id,
      metrics(part, step, values) {
        const line: TrainingMetrics = { part, step, timeMs: Date.now(), ...values };
        try {
          if (!hasFailed) appendFileSync(join(folder, metricsName), `${JSON.stringify(line)}\n`);
        } catch (cause) {
          fail(cause);
        }
      },
      async end({ status, params: more, scores, version, error }) {
        const record = { ...begun, status, endedMs: Date.now(), scores, version, error };
        await write({ ...record, params: { ...params, ...more } }).catch(fail);
      },
    };
  }

  /** What is known of every training, newest first. What is no record of one is left out. */
  async list(): Promise<readonly TrainingRecord[]> {
    const names = await readdir(this.root).catch((cause: unknown) => {
      if (isMissing(cause)) return [];
      throw readFault(this.root, cause);
    });
    const found = await Promise.all(names.map((id) => this.read(id)));
    return found
      .flatMap((one) => one ?? [])
      .sort((a, b) => b.startedMs - a.startedMs || (a.id < b.id ? 1 : -1));
  }

  /** What is known of a training; null where there is no such one. */
  async read(id: string): Promise<TrainingRecord | null> {
    try {
      const record = JSON.parse(await readFile(join(this.root, id, recordName), "utf8")) as TrainingRecord;
      return record.schema === "training@1" ? record : null;
    } catch {
      return null;
    }
  }

  /** The numbers of a training so far, oldest first; a line that is being written is left for the next time. */
  async metrics(id: string): Promise<readonly TrainingMetrics[]> {
    const text = await readFile(join(this.root, id, metricsName), "utf8").catch(() => "");
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    return whole
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as TrainingMetrics);
  }

  /** A folder that nobody else has: two trainings may begin in the same second. */
  private makeFolder(model: string, startedMs: number): string {
    const stamp = new Date(startedMs).toISOString().replaceAll(/[-:]/g, "").replace("T", "-").slice(0, 15);
    try {
      mkdirSync(this.root, { recursive: true });
    } catch (cause) {
      throw writeFault(this.root, cause, "models");
    }
    for (let number = 1; ; number++) {
      const id = `${stamp}-${model}${number === 1 ? "" : `-${number}`}`;
      try {
        mkdirSync(join(this.root, id));
        return id;
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw writeFault(this.root, cause, "models");
      }
    }
  }
}
