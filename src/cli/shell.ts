import { safeText } from "./output/safe-text.ts";

/** What a command knows of the world around it: the terminal, the folder, the environment. */
export type Shell = {
  /** The words after the name of the program. */
  readonly args: readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Results, and nothing else, go to standard output. */
  readonly out: (text: string) => void;
  /** Progress, warnings and errors go to standard error. */
  readonly err: (text: string) => void;
  /** A person is watching standard error. */
  readonly isWatched: boolean;
  /** A person can answer questions. */
  readonly isInteractive: boolean;
  /** All of standard input: what another program pipes in, or a person types up to the end of a line. */
  readonly readInput: () => Promise<string>;
  readonly width: number;
  readonly hasColor: boolean;
  /** Aborted when nobody reads standard output any more: work without end may end then. */
  readonly outClosed: AbortSignal;
};

/** The shell of this process. */
export function processShell(): Shell {
  const { stdout, stderr, stdin, env } = process;
  const closed = new AbortController();
  // `kiwi runs list | head` closes the pipe early, which is no error: what was begun goes on and has its own exit code.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    closed.abort();
  });
  stderr.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  return {
    args: process.argv.slice(2),
    folder: process.cwd(),
    env,
    out(text) {
      if (!closed.signal.aborted) stdout.write(`${safeText(text)}\n`);
    },
    err: (text) => void stderr.write(`${safeText(text)}\n`),
    outClosed: closed.signal,
    isWatched: isTerminal(stderr),
    isInteractive: isTerminal(stdin) && isTerminal(stderr),
    readInput: () => readInput(isTerminal(stdin)),
    width: isTerminal(stdout) ? Math.max(40, stdout.columns) : 100,
    hasColor: hasColor(isTerminal(stdout), env),
  };
}

/** A person's line is read without showing it: what is asked for here are secrets. */
async function readInput(isTyped: boolean): Promise<string> {
  const { stdin } = process;
  if (!isTyped) {
    const parts: Buffer[] = [];
    for await (const part of stdin) parts.push(part as Buffer);
    return Buffer.concat(parts)
      .toString("utf8")
      .replace(/\r?\n$/, "");
  }
  const { createInterface } = await import("node:readline/promises");
  const { Writable } = await import("node:stream");
  const nowhere = new Writable({ write: (_part, _encoding, done) => done() });
  const reader = createInterface({ input: stdin, output: nowhere, terminal: true });
  try {
    return await reader.question("");
  } finally {
    reader.close();
  }
}

/** What is no terminal has no such field, whatever its type says. */
function isTerminal(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true;
}

/** Colour is for terminals, unless NO_COLOR or FORCE_COLOR say otherwise (https://no-color.org). */
export function hasColor(isTerminal: boolean, env: Shell["env"]): boolean {
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return isTerminal && env["TERM"] !== "dumb";
}
