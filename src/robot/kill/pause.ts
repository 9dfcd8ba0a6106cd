import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { TradingState } from "../../ports/risk.ts";
import { accountSlug } from "../account-slug.ts";
import { replaceFile, textOf } from "../whole-file.ts";

const pauseNote = z.object({ account: z.string(), atMs: z.number(), by: z.string(), reason: z.string() });
/** Who has paused an account, when and why. */
export type PauseNote = z.output<typeof pauseNote>;

/**
 * A pause of one account: nothing is opened, everything may be closed. Unlike the kill switch whoever may trade lifts it,
 * without a key, and it never touches what the switch has stopped. It is a file, so that it outlives the session.
 */
export class Pause {
  private readonly folder: string;
  private readonly account: string;

  constructor(home: string, account: string) {
    this.folder = join(home, "pauses");
    this.account = account;
  }

  /** Who has paused it; null while nobody has. A file that cannot be read is a pause: whoever wrote it meant one. */
  note(): PauseNote | null {
    const text = textOf(this.path);
    if (text === null) return null;
    try {
      return pauseNote.parse(JSON.parse(text));
    } catch {
      return { account: this.account, atMs: 0, by: "somebody", reason: `${this.path} cannot be read` };
    }
  }

  set(by: string, reason: string, atMs: number): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    replaceFile(this.path, JSON.stringify({ account: this.account, atMs, by, reason } satisfies PauseNote));
  }

  /** Returns whether there was one. */
  lift(): boolean {
    const wasPaused = this.note() !== null;
    rmSync(this.path, { force: true });
    return wasPaused;
  }

  private get path(): string {
    return join(this.folder, `${accountSlug(this.account)}.json`);
  }
}

/** What trading may do under a kill switch and a pause: the switch comes first. */
export function underPause(ordered: TradingState, pause: Pause): TradingState {
  if (ordered.state !== "active") return ordered;
  const note = pause.note();
  return note === null ? ordered : { state: "reducing", reason: `${pausedBy} ${note.by}: ${note.reason}` };
}

/** How the reason of a pause begins: whoever paused knows of it. */
export const pausedBy = "paused by";
