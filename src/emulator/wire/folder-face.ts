/** A file that a program writes: its name without what stands around every name, and what is in it. */
export type FileChange = { readonly name: string; readonly text: string };

/** A program behind a folder: commands are files that it takes, and what it says are files that it writes. */
export interface FolderFace {
  readonly name: string;
  /** Carries out a command. */
  take(text: string): readonly FileChange[];
  /** What it writes where the trade server fails. */
  fault(text: string, kind: "server_error" | "rate_limited"): readonly FileChange[];
  /** What it writes by itself, all of it. */
  beat(): readonly FileChange[];
  /** It is started anew. */
  restart(): void;
}
