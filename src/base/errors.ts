/** Exit codes of the CLI; `docs/reference/exit-codes.md` lists them for users. */
export const exitCodes = {
  ok: 0,
  bug: 1,
  usage: 2,
  config: 3,
  data: 4,
  check: 5,
  network: 6,
  safety: 7,
  timeout: 8,
} as const;

/** The reason of an exit, by name. */
export type ExitKind = keyof typeof exitCodes;

/** The four parts that a person needs: what happened, why, what to type now, where to read more. */
export type ErrorParts = {
  readonly code: string;
  readonly exit: ExitKind;
  readonly message: string;
  readonly why: string;
  readonly fix: string;
  /** Name of a help topic: shown as `kiwi help <topic>`. */
  readonly topic: string;
};

/** An operating error: the user's input or the outside world, never our own bug. */
export class KiwiError extends Error {
  override readonly name = "KiwiError";
  readonly parts: ErrorParts;

  constructor(parts: ErrorParts, options?: { cause?: unknown }) {
    super(`${parts.code} ${parts.message}`, options);
    this.parts = parts;
  }

  get exitCode(): number {
    return exitCodes[this.parts.exit];
  }
}
