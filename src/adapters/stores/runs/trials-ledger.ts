import { appendFileSync, existsSync, readdirSync, readFileSync, truncateSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { canonicalJson, sha256 } from "../../../base/hash.ts";
import { formatTime } from "../../../base/time.ts";
import { KiwiError } from "../../../base/errors.ts";
import { makeFolder } from "./make-folder.ts";
import { whileLocked } from "./ledger-lock.ts";
import { MarketsMet, withoutKnownMoves } from "./markets-met.ts";
import { storeError } from "./store-errors.ts";
import type { TrialEntry } from "./trial-entry.ts";
import { writeWhole } from "./write-whole.ts";

/** How many different things were ever tried on some bars, and what is to be said about that number. */
export type TrialCount = { readonly count: number; readonly warnings: readonly string[] };

type Content =
  | ({ readonly kind: "tried" } & TrialEntry)
  /** What stands below begins anew: trials that were counted before are not any more. */
  | { readonly kind: "reset"; readonly timeMs: number; readonly lost: number | null };

/** `prev` is the hash of the line before, and of everything older for the first. */
type Line = Content & { readonly v: 2; readonly prev: string; readonly hash: string };

/** What the ledger was when it was last written, kept beside it: who cuts it short or removes it is found out by this. */
type Head = { readonly lines: number; readonly hash: string; readonly trials: number };

type Ledger = {
  readonly lines: readonly Line[];
  /** Hashes of trials of a time when lines did not say on which bars: they count everywhere. */
  readonly old: readonly string[];
  /** Bytes of whole lines; what follows was cut short by a crash. */
  readonly wholeBytes: number;
  readonly lastHash: string;
  /** Trials that are missing without a line that says so; null where nobody knows how many, undefined where none are. */
  readonly lost: number | null | undefined;
};

/** Where the ledger of trials lies: with the work, wherever the runs are kept. */
export function ledgerPathOf(folder: string): string {
  return resolve(folder, ".kiwi", "trials.jsonl");
}

/** Whether the ledger knows a run. */
export function hasTrial(path: string, runId: string): boolean {
  return textOf(path).includes(JSON.stringify(runId));
}

/**
 * How many different things were tried on bars of the same markets whose time overlaps, one more for each of `trials` that is
 * new. The same settings on bars of another length are another thing. Writes nothing. Throws `LEDGER_EDITED`.
 */
export function countTrials(path: string, asked: Pick<TrialEntry, "markets" | "trials">): TrialCount {
  const ledger = readLedger(path);
  const old = new Set(ledger.old);
  const seen = new Set(ledger.old);
  const add = ({ markets, trials }: Pick<TrialEntry, "markets" | "trials">): void => {
    const lengths = [...new Set(markets.map(({ timeframe }) => timeframe))].sort().join();
    for (const trial of trials) if (!old.has(trial)) seen.add(`${trial} ${lengths}`);
  };
  const met = new MarketsMet(asked.markets, ledger.lines);
  const resets: Extract<Line, { kind: "reset" }>[] = [];
  add(asked);
  for (const line of ledger.lines) {
    if (line.kind === "reset") resets.push(line);
    else if (met.has(line.markets)) add(line);
  }
  const warnings = resets.map(({ timeMs, lost }) => resetText(lost, `on ${formatTime(timeMs)}`));
  if (ledger.lost !== undefined) warnings.push(resetText(ledger.lost, "since it was last written"));
  warnings.push(...met.otherNames());
  return { count: seen.size, warnings };
}

/** What the ledger holds, for people: entries by what they were tried on, and resets. Throws `LEDGER_EDITED`. */
export function readTrials(path: string): {
  readonly entries: readonly TrialEntry[];
  readonly resets: readonly { readonly timeMs: number; readonly lost: number | null }[];
} {
  const { lines } = readLedger(path);
  return {
    entries: lines.filter((line) => line.kind === "tried"),
    resets: lines.filter((line) => line.kind === "reset"),
  };
}

/** Adds to the ledger: one line, chained to the one before. Throws `LEDGER_EDITED`, and what writing throws. */
export function recordTrials(path: string, entry: TrialEntry): void {
  makeFolder(dirname(path));
  whileLocked(`${path}.lock`, () => {
    const ledger = readLedger(path);
    const { lost } = ledger;
    const started =
      lost === undefined ? ledger : append(path, ledger, { kind: "reset", timeMs: entry.timeMs, lost });
    append(path, started, { kind: "tried", ...withoutKnownMoves(entry, ledger.lines) });
  });
}

/** Begins the ledger anew, whatever state it is in. Every later report says so. */
export function resetLedger(path: string, timeMs: number): void {
  makeFolder(dirname(path));
  whileLocked(`${path}.lock`, () => {
    const lost = headOf(path)?.trials ?? null;
    const resets = wholeLines(textOf(path)).flatMap((text) => {
      const line = parsed(text) as Partial<Line> | null;
      return line?.kind === "reset" ? [line as Extract<Line, { kind: "reset" }>] : [];
    });
    writeWhole(path, "");
    let ledger: Ledger = { lines: [], old: [], wholeBytes: 0, lastHash: sha256(""), lost: undefined };
    // Resets are never forgotten, also not by a reset.
    for (const { timeMs: thenMs, lost: then } of [...resets, { timeMs, lost }])
      ledger = append(path, ledger, { kind: "reset", timeMs: thenMs, lost: then });
  });
}

function append(path: string, ledger: Ledger, content: Content): Ledger {
  const body = { v: 2 as const, ...content, prev: ledger.lastHash };
  const line = { ...body, hash: sha256(canonicalJson(body)) } as Line;
  const text = `${JSON.stringify(line)}\n`;
  try {
    // The rest of a line that a crash cut short was never counted.
    if (existsSync(path)) truncateSync(path, ledger.wholeBytes);
    appendFileSync(path, text, { flush: true });
  } catch (cause) {
    throw storeError(path, cause);
  }
  const lines = [...ledger.lines, line];
  const head: Head = {
    lines: ledger.old.length + lines.length,
    hash: line.hash,
    trials: trialsIn(lines, ledger.old),
  };
  writeWhole(headPathOf(path), `${JSON.stringify(head)}\n`);
  return {
    ...ledger,
    lines,
    wholeBytes: ledger.wholeBytes + Buffer.byteLength(text),
    lastHash: line.hash,
    lost: undefined,
  };
}

function trialsIn(lines: readonly Line[], old: readonly string[]): number {
  const all = new Set(old);
  for (const line of lines) if (line.kind === "tried") for (const trial of line.trials) all.add(trial);
  return all.size;
}

/** Whole lines that were read and found sound, and what stands in them: a search adds line after line. */
type Sound = Pick<Ledger, "old" | "lines" | "lastHash"> & { readonly path: string; readonly text: string };
let sound: Sound | null = null;

function readLedger(path: string): Ledger {
  const text = textOf(path);
  const head = headOf(path);
  if (text === "") {
    const lost = head !== null ? head.trials : hasRuns(path) ? null : undefined;
    return { lines: [], old: [], wholeBytes: 0, lastHash: sha256(""), lost };
  }
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const isMore = sound !== null && sound.path === path && whole.startsWith(sound.text);
  const { old, lines, lastHash } = isMore ? addedTo(sound!, whole) : readAll(path, whole);
  if (head !== null) refuseCut(path, head, old.length + lines.length, lines, old.length);
  sound = { path, text: whole, old, lines, lastHash };
  return { lines, old, wholeBytes: Buffer.byteLength(whole), lastHash, lost: undefined };
}

function readAll(path: string, whole: string): Sound {
  const texts = wholeLines(whole);
  const firstNew = texts.findIndex((line) => isNew(parsed(line)));
  const oldTexts = firstNew < 0 ? texts : texts.slice(0, firstNew);
  const old = oldTexts.map((line, k) => {
    const trial = (parsed(line) as { readonly trialHash?: unknown } | null)?.trialHash;
    if (typeof trial !== "string") throw edited(path, k + 1, "it is no trial");
    return trial;
  });
  const text = oldTexts.map((line) => `${line}\n`).join("");
  return addedTo({ path, text, old, lines: [], lastHash: sha256(text) }, whole);
}

/** Reads the lines that follow on what is known. */
function addedTo({ path, text, old, lines: known, ...rest }: Sound, whole: string): Sound {
  let { lastHash } = rest;
  const added = wholeLines(whole.slice(text.length)).map((line, k): Line => {
    const read = parsed(line) as Line | null;
    const number = old.length + known.length + k + 1;
    if (!isNew(read)) throw edited(path, number, "it is no trial");
    const { hash, ...body } = read;
    if (sha256(canonicalJson(body)) !== hash) throw edited(path, number, "it is not as it was written");
    if (read.prev !== lastHash) throw edited(path, number, "it does not follow from the line before it");
    lastHash = hash;
    return read;
  });
  return { path, text: whole, old, lines: [...known, ...added], lastHash };
}

/** The last line that was written is still there, in its place. */
function refuseCut(path: string, head: Head, count: number, lines: readonly Line[], oldCount: number): void {
  if (count < head.lines) throw edited(path, count + 1, `${head.lines - count} lines from there on are gone`);
  if (lines[head.lines - oldCount - 1]?.hash !== head.hash)
    throw edited(path, head.lines, "another line stands there than was written");
}

function resetText(lost: number | null, when: string): string {
  const trials = lost === null ? "an unknown number of" : String(lost);
  return `the ledger of trials was reset ${when}: ${trials} earlier trials are not counted, so luck is underestimated`;
}

/** Runs that no ledger counts: somebody removed it. */
function hasRuns(path: string): boolean {
  try {
    return readdirSync(resolve(dirname(path), "runs")).some((name) => !name.startsWith("."));
  } catch {
    return false;
  }
}

function headPathOf(path: string): string {
  return path.replace(/\.jsonl$/, ".head.json");
}

function headOf(path: string): Head | null {
  return parsed(textOf(headPathOf(path))) as Head | null;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function wholeLines(text: string): readonly string[] {
  return text.split("\n").slice(0, -1);
}

function isNew(line: unknown): line is Line {
  return (line as Partial<Line> | null)?.v === 2;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function edited(path: string, line: number, why: string): KiwiError {
  return new KiwiError({
    code: "LEDGER_EDITED",
    exit: "data",
    message: `line ${line} of ${path} was changed by hand: ${why}`,
    why: "how much of a result is luck is reckoned from what was tried, and nobody can say that any more",
    fix: "put the file back as it was, or begin anew, which every later report will say: kiwi trials reset --yes",
    topic: "trials",
  });
}
