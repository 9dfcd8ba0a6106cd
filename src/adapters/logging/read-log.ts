import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { logFileName, logFiles } from "./log-writer.ts";

/** A line of a log as it was written. */
export type LogLine = {
  readonly level: number;
  readonly time: number;
  readonly part: string;
  readonly msg: string;
} & Readonly<Record<string, unknown>>;

/** Which lines are wanted. */
export type LogQuestion = {
  readonly part?: string;
  /** At least this grave, as pino counts: 30 is info, 40 warn, 50 error. */
  readonly levelMin: number;
  readonly sinceMs: number;
  /** An order by our number, by the name it has at the venue, or by the venue's id. */
  readonly order?: string;
};

/** The lines of a log that answer a question, oldest first. A line that cannot be read is passed over. */
export function readLog(folder: string, question: LogQuestion): readonly LogLine[] {
  const lines = logFiles(folder).flatMap((path) => readFileSync(path, "utf8").split("\n").flatMap(parsed));
  const wanted = filterOf(question, lines);
  return lines.filter(wanted);
}

/** Calls `onLine` with every line that comes from now on, until the signal ends it. */
export function followLog(
  folder: string,
  question: LogQuestion,
  onLine: (line: LogLine) => void,
  signal: AbortSignal,
): Promise<void> {
  const path = join(folder, logFileName);
  const wanted = filterOf(question, readLog(folder, { levelMin: 0, sinceMs: -Infinity }));
  let at = statSync(path, { throwIfNoEntry: false });
  let from = at?.size ?? 0;
  let rest = "";
  const look = (): void => {
    const now = statSync(path, { throwIfNoEntry: false });
    if (now === undefined) return;
    // The file was put aside: what it got at last is in there, and a new one begins.
    if (at !== undefined && now.ino !== at.ino) from = 0;
    at = now;
    if (now.size <= from) return;
    const text = rest + textFrom(path, from, now.size);
    from = now.size;
    const lines = text.split("\n");
    rest = lines.pop()!;
    for (const line of lines.flatMap(parsed)) if (wanted(line)) onLine(line);
  };
  return new Promise((resolve) => {
    const timer = setInterval(look, 250);
    signal.addEventListener("abort", () => (clearInterval(timer), resolve()), { once: true });
  });
}

function textFrom(path: string, from: number, to: number): string {
  const handle = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(to - from);
    return bytes.toString("utf8", 0, readSync(handle, bytes, 0, bytes.length, from));
  } finally {
    closeSync(handle);
  }
}

function parsed(text: string): readonly LogLine[] {
  try {
    return text === "" ? [] : [JSON.parse(text) as LogLine];
  } catch {
    return [];
  }
}

const orderFields = ["orderId", "clientOrderId", "venueOrderId"] as const;

/** An order has a number, a name and an id: whoever asks for one of them gets the lines of all. */
function filterOf({ part, levelMin, sinceMs, order }: LogQuestion, all: readonly LogLine[]) {
  const names = new Set<string>(order === undefined ? [] : [order]);
  const namesIn = (line: LogLine): readonly string[] =>
    orderFields.flatMap((field) =>
      line[field] === undefined ? [] : [String(line[field] as string | number)],
    );
  if (order !== undefined)
    for (const line of all) {
      const found = namesIn(line);
      if (found.some((name) => names.has(name))) for (const name of found) names.add(name);
    }
  return (line: LogLine): boolean =>
    line.level >= levelMin &&
    line.time >= sinceMs &&
    (part === undefined || line.part === part) &&
    (order === undefined || namesIn(line).some((name) => names.has(name)));
}
