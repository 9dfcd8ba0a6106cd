import type { CheckSubject } from "./check-subject.ts";

/** Counts what a check has done, in bars of its runs, against what it will do; returns who is told of every run. */
export function countWork({ onDone }: CheckSubject, total: number): (bars: number) => void {
  let done = 0;
  onDone?.(0, total);
  return (bars) => {
    done = Math.min(total, done + bars);
    onDone?.(done, total);
  };
}
