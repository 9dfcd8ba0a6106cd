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
  readonly width: number;
  readonly hasColor: boolean;
};

/** The shell of this process. */
export function processShell(): Shell {
  const { stdout, stderr, stdin, env } = process;
  // `kiwi runs list | head` closes the pipe early: that is the end of the work, not an error.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  return {
    args: process.argv.slice(2),
    folder: process.cwd(),
    env,
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
    isWatched: stderr.isTTY,
    isInteractive: stdin.isTTY && stderr.isTTY,
    width: stdout.isTTY ? Math.max(40, stdout.columns) : 100,
    hasColor: hasColor(stdout.isTTY, env),
  };
}

/** Colour is for terminals, unless NO_COLOR or FORCE_COLOR say otherwise (https://no-color.org). */
export function hasColor(isTerminal: boolean, env: Shell["env"]): boolean {
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return isTerminal && env["TERM"] !== "dumb";
}
