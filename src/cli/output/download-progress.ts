import type { CommonFlags, ProgressFlags } from "../declare/common-flags.ts";
import type { Shell } from "../shell.ts";

/** How far several pieces of work are, each by its name. */
export type ManyProgress = {
  readonly update: (name: string, done: number, total: number) => void;
  readonly finish: (name: string) => void;
  /** Says a line without tearing the bars. */
  readonly line: (text: string) => void;
  readonly end: () => void;
};

/** More bars than this would push each other off the screen. */
const barsMax = 12;

/** What is known about every piece of work, and about all of them together. */
class Tally {
  private readonly shares = new Map<string, { done: number; total: number }>();
  private readonly startedMs = performance.now();

  constructor(expected: ReadonlyMap<string, number>) {
    for (const [name, total] of expected) this.shares.set(name, { done: 0, total });
  }

  set(name: string, done: number, total: number): void {
    this.shares.set(name, { done, total });
  }

  finish(name: string): void {
    const share = this.shares.get(name);
    if (share !== undefined) share.done = share.total;
  }

  /** How much of everything is done, 0 to 1. */
  get share(): number {
    let [done, total] = [0, 0];
    for (const one of this.shares.values()) {
      done += one.done;
      total += one.total;
    }
    return total === 0 ? 1 : done / total;
  }

  /** Time that the rest will take at the pace so far; null before there is one. */
  get etaMs(): number | null {
    const { share } = this;
    return share <= 0 ? null : Math.round(((performance.now() - this.startedMs) * (1 - share)) / share);
  }
}

/** Shows how far several pieces of work are: bars for people who watch, lines for programs that ask, else nothing. */
export async function manyProgress(
  shell: Shell,
  flags: CommonFlags & ProgressFlags,
  stage: string,
  expected: ReadonlyMap<string, number>,
): Promise<ManyProgress> {
  const tally = new Tally(expected);
  const silent: ManyProgress = { update: () => {}, finish: () => {}, line: shell.err, end: () => {} };
  if (flags.progress === "json") return jsonLines(shell, stage, tally);
  if (flags.progress === false) return silent;
  if (flags.quiet === true) return { ...silent, line: () => {} };
  if (flags.progress !== undefined) return plainLines(shell, stage, tally);
  return shell.isWatched ? bars(tally) : silent;
}

/** One line of JSON a second, and one at the end of every piece. */
function jsonLines(shell: Shell, stage: string, tally: Tally): ManyProgress {
  let lastMs = -Infinity;
  const say = (name: string, isDue: boolean): void => {
    if (!isDue && performance.now() - lastMs < 1_000) return;
    lastMs = performance.now();
    shell.err(JSON.stringify({ stage, name, done: tally.share, total: 1, etaMs: tally.etaMs }));
  };
  return {
    update(name, done, total) {
      tally.set(name, done, total);
      say(name, false);
    },
    finish(name) {
      tally.finish(name);
      say(name, true);
    },
    line: () => {},
    end: () => {},
  };
}

/** One line for every tenth of the whole. */
function plainLines(shell: Shell, stage: string, tally: Tally): ManyProgress {
  let shown = "";
  const say = (): void => {
    const text = `${stage} ${Math.floor(10 * tally.share) * 10} %`;
    if (text === shown) return;
    shown = text;
    shell.err(text);
  };
  return {
    update(name, done, total) {
      tally.set(name, done, total);
      say();
    },
    finish(name) {
      tally.finish(name);
      say();
    },
    line: shell.err,
    end: () => {},
  };
}

/** A bar for each piece that is under way, and one for all of them with the time that is left. */
async function bars(tally: Tally): Promise<ManyProgress> {
  const { default: cliProgress } = await import("cli-progress");
  const many = new cliProgress.MultiBar({
    format: "  {name} [{bar}] {percentage} %   {left}",
    barCompleteChar: "#",
    barIncompleteChar: "-",
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
    noTTYOutput: false,
    stream: process.stderr,
  });
  const width = 18;
  const total = many.create(1, 0, { name: "total".padEnd(width), left: "" });
  const shown = new Map<string, ReturnType<typeof many.create>>();
  const showTotal = (): void => {
    const { etaMs } = tally;
    total.update(tally.share, { left: etaMs === null ? "" : `eta ${Math.ceil(etaMs / 1000)} s` });
  };
  return {
    update(name, done, span) {
      tally.set(name, done, span);
      const bar = shown.get(name);
      if (bar !== undefined) bar.update(done);
      else if (shown.size < barsMax)
        shown.set(name, many.create(span, done, { name: name.padEnd(width), left: "" }));
      showTotal();
    },
    finish(name) {
      tally.finish(name);
      const bar = shown.get(name);
      if (bar !== undefined) many.remove(bar);
      shown.delete(name);
      showTotal();
    },
    line: (text) => many.log(`${text}\n`),
    end() {
      many.stop();
      shown.clear();
    },
  };
}
