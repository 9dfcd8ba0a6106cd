import { rmSync, writeFileSync } from "node:fs";
import { sleep, type Clock } from "../ports/clock.ts";
import { textOf } from "./whole-file.ts";

/** How a watch ended: the robot said good-bye, or it fell silent for `silentMs`. */
export type WatchEnd = { readonly kind: "ended" } | { readonly kind: "silent"; readonly silentMs: number };

/** A file that says that the robot's loop still turns. */
export class Heartbeat {
  private readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Written by the loop that sends orders: what hangs cannot write. */
  beat(nowMs: number): void {
    writeFileSync(this.path, String(nowMs), { mode: 0o600 });
  }

  /** Says good-bye: nobody needs to watch any more. */
  stop(): void {
    rmSync(this.path, { force: true });
  }

  /** When it last beat; null after a good-bye. What cannot be read has not beaten. */
  lastMs(): number | null {
    const text = textOf(this.path);
    return text === null ? null : Number(text) || 0;
  }
}

const lookEveryMs = 1_000;

/**
 * Watches a heartbeat from another process until it ends or has been silent for `limitMs`. Where the watcher itself did
 * not run meanwhile (a laptop that slept), the robot did not either: it gets as long again.
 */
export async function watchHeartbeat(
  heartbeat: Heartbeat,
  limitMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<WatchEnd> {
  let lookedMs = clock.nowMs();
  let believedMs = lookedMs;
  for (;;) {
    await sleep(clock, Math.min(lookEveryMs, limitMs / 4), signal);
    const nowMs = clock.nowMs();
    // Nor does a clock that was set back say how long it has been.
    if (nowMs - lookedMs > limitMs / 2 || nowMs < lookedMs) believedMs = nowMs;
    lookedMs = nowMs;
    const beatMs = heartbeat.lastMs();
    if (beatMs === null) return { kind: "ended" };
    // A beat from the future is a clock that was set back, and no reason to wait for it.
    if (beatMs <= nowMs) believedMs = Math.max(believedMs, beatMs);
    if (nowMs - believedMs > limitMs) return { kind: "silent", silentMs: nowMs - believedMs };
  }
}
