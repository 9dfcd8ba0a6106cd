import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** What one piece of work came to, and how long it took. */
export type Outcome = {
  readonly wallMs: number;
  /** Of all threads of the process: what a busy machine does not change. */
  readonly cpuMs: number;
  /** Orders that filled; closed trades in a sweep. */
  readonly orders: number;
  /** Total return, one per run of a sweep. */
  readonly returns: readonly number[];
};

/** Whoever does the same work as the others, in a process that stays warm between rounds. */
export type Contestant = {
  readonly name: string;
  readonly run: () => Promise<Outcome>;
  readonly stop: () => void;
};

/** Starts a program that answers every line on standard input with an outcome as JSON. */
export function startContestant(name: string, program: string, args: readonly string[]): Contestant {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    name,
    async run() {
      child.stdin.write("go\n");
      const { done, value } = await lines.next();
      if (done === true) throw new Error(`${name} ended before it had answered`);
      return JSON.parse(value) as Outcome;
    },
    stop: () => child.stdin.end(),
  };
}
