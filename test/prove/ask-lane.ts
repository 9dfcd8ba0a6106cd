import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** A file as it shall be, and which tests to run then: words that their paths hold, or do not where `!` comes first. */
export type LaneQuestion = {
  readonly path: string;
  readonly text: string;
  readonly filters: readonly string[];
  /** Seconds of processor time after which they are said to hang. */
  readonly secondsMax: number;
};

export type LaneAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "answer"; readonly isPassed: boolean; readonly tests: number; readonly seconds: number }
  | { readonly kind: "hangs" };

export type Told = Exclude<LaneAnswer, { kind: "ready" }>;

/** Of the rounds of chance a part is enough: the more faults are noticed, not fewer, the more rounds there are. */
const shareOfRounds = "0.1";

/** Asks the tests of a copy of the project, in a process that is made anew when they hung or ended it. */
export class Lane {
  private child: ChildProcess | null = null;
  private readonly copy: string;

  constructor(copy: string) {
    this.copy = copy;
  }

  /** What the tests say. A process that ended over a fault has failed. */
  async ask(question: LaneQuestion): Promise<Told> {
    this.child ??= await this.started();
    const { child } = this;
    child.send(question);
    const first = new AbortController();
    const ended = { kind: "answer", isPassed: false, tests: 0, seconds: 0 } as const;
    const told = await Promise.race([
      once(child, "message", first).then(([said]) => said as Told),
      once(child, "exit", first).then(() => ended),
    ]);
    first.abort();
    if (told.kind === "hangs" || child.exitCode !== null || child.signalCode !== null) this.end();
    return told;
  }

  end(): void {
    this.child?.kill("SIGKILL");
    this.child = null;
  }

  private async started(): Promise<ChildProcess> {
    const child = fork(join(import.meta.dirname, "mutant-lane.ts"), {
      cwd: this.copy,
      env: { ...process.env, KIWI_ROUNDS: shareOfRounds },
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    await once(child, "message");
    return child;
  }
}
