import { secondMs } from "../../base/time.ts";
import type { AlertChannel } from "../../ports/alert-channel.ts";
import { sleep } from "../../ports/clock.ts";
import { systemClock as clock } from "../../adapters/system-clock.ts";
import { takeLock } from "../../robot/account-lock.ts";
import type { RobotLog } from "../../robot/robot-types.ts";
import { ChatActs } from "./chat-acts.ts";
import { ChatDesk } from "./chat-desk.ts";
import { ChatLog } from "./chat-log.ts";

/** Who serves chats, and for whom. */
export type ChatSurroundings = {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly channels: ReadonlyMap<string, AlertChannel>;
  readonly log: RobotLog;
};

/** Whoever serves a chat may end at any time; somebody else takes it over within this. */
const lookAgainMs = 30 * secondMs;

/**
 * Answers commands over every channel that takes them, until the signal ends it. Of all processes of this home one serves
 * a bot at a time, for all sessions: two would take messages from each other. Never rejects. Returns how many there are.
 */
export function serveChats(
  around: ChatSurroundings,
  signal: AbortSignal,
): { readonly count: number; readonly done: Promise<void> } {
  const inboxes = [...around.channels.values()].flatMap(({ inbox }) => (inbox === undefined ? [] : [inbox]));
  const done = Promise.all(inboxes.map((inbox) => serveOne(inbox, around, signal)));
  return { count: inboxes.length, done: done.then(() => undefined) };
}

async function serveOne(
  inbox: NonNullable<AlertChannel["inbox"]>,
  { home, env, log }: ChatSurroundings,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const lock = takeLock(home, inbox.name, { sinceMs: clock.nowMs(), what: "answers commands" });
    if (lock === null) {
      await sleep(clock, lookAgainMs, signal).catch(() => undefined);
      continue;
    }
    try {
      log.info({ inbox: inbox.name }, "commands are answered");
      const acts = new ChatActs(home, env, () => clock.nowMs());
      await new ChatDesk({ inbox, chats: new ChatLog(home, inbox.name), acts, clock, log }).serve(signal);
    } finally {
      lock.release();
    }
  }
}
