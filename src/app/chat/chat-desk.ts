import { secondMs } from "../../base/time.ts";
import { sha256 } from "../../base/hash.ts";
import type { ChatInbox, ChatMessage } from "../../ports/alert-channel.ts";
import { sleep, type Clock } from "../../ports/clock.ts";
import type { RobotLog } from "../../robot/robot-types.ts";
import type { ChatActs } from "./chat-acts.ts";
import type { ChatLog, Heard } from "./chat-log.ts";

/** What a chat desk is made of. */
export type ChatDeskParts = {
  readonly inbox: ChatInbox;
  readonly chats: ChatLog;
  readonly acts: ChatActs;
  readonly clock: Clock;
  readonly log: RobotLog;
};

/** What a dangerous command is confirmed within. */
const confirmMsMax = 120 * secondMs;
const replyTries = 3;
const pauseMsMax = 60 * secondMs;

const help = [
  "/status - every session: money, trading, line",
  "/positions - what is held, and why",
  "/explain [SYMBOL] - the last decisions with their reasons",
  "/pause [ACCOUNT] - nothing is opened any more; closing goes on",
  "/resume [ACCOUNT] - lifts a pause, never a kill switch",
  "/kill [flatten|reduce] [ACCOUNT] - pulls the kill switch; only kiwi kill reset lifts it",
].join("\n");

/** Commands that wait for a second word. */
const dangerous: ReadonlySet<string> = new Set(["/kill", "/resume"]);

/**
 * Answers what people write to a bot. A message is on the disk before anything is done for it, and what was done before it
 * is answered: a restart repeats no command and forgets none. Whoever is not allowed gets no answer, and is noted.
 */
export class ChatDesk {
  private readonly parts: ChatDeskParts;

  constructor(parts: ChatDeskParts) {
    this.parts = parts;
  }

  /** Serves until the signal ends it. Never rejects. */
  async serve(signal: AbortSignal): Promise<void> {
    let pauseMs = secondMs;
    while (!signal.aborted) {
      try {
        await this.finish(signal);
        await this.hearNew(signal);
        pauseMs = secondMs;
      } catch (error) {
        if (signal.aborted) return;
        this.parts.log.warn({ error: String(error) }, "commands cannot be fetched; trying again");
        await sleep(this.parts.clock, pauseMs, signal).catch(() => undefined);
        pauseMs = Math.min(pauseMs * 2, pauseMsMax);
      }
    }
  }

  private async hearNew(signal: AbortSignal): Promise<void> {
    const { inbox, chats } = this.parts;
    const lastId = chats.lastId;
    const fresh = (await inbox.poll(lastId, signal)).filter(({ id }) => id > lastId);
    for (const message of fresh.toSorted((a, b) => a.id - b.id)) {
      const heard = this.note(message);
      await this.answer(heard, null, signal);
    }
  }

  private note({ isAllowed, id, atMs, chat, from, text }: ChatMessage): Heard {
    const { log, chats } = this.parts;
    const heard = { kind: "heard", id, atMs, chat, from, text: text.slice(0, 200), isAllowed } as const;
    chats.append(heard);
    if (isAllowed) log.info({ chat, from, message: id }, `command: ${heard.text}`);
    else if (chat !== "")
      log.warn({ chat, from, message: id }, "a chat that is not allowed wrote to the bot");
    return heard;
  }

  /** What the last one who served here has left. */
  private async finish(signal: AbortSignal): Promise<void> {
    for (const { heard, answer } of this.parts.chats.unfinished()) await this.answer(heard, answer, signal);
  }

  private async answer(heard: Heard, known: string | null, signal: AbortSignal): Promise<void> {
    const { chats, clock } = this.parts;
    const { id } = heard;
    const answer = known ?? (await this.answerTo(heard));
    if (known === null) chats.append({ kind: "done", id, atMs: clock.nowMs(), answer });
    if (answer !== "") await this.tell(heard, answer, signal);
    // Ended in the middle of it: whoever comes next tells it.
    if (!signal.aborted) chats.append({ kind: "told", id, atMs: clock.nowMs() });
  }

  private async tell({ chat, id }: Heard, answer: string, signal: AbortSignal): Promise<void> {
    const { clock, log, inbox } = this.parts;
    for (let attempt = 1; attempt <= replyTries && !signal.aborted; attempt++) {
      try {
        return await inbox.reply(chat, answer, signal);
      } catch (error) {
        log.warn({ chat, message: id, error: String(error) }, "an answer could not be sent");
        if (attempt < replyTries) await sleep(clock, attempt * secondMs, signal).catch(() => undefined);
      }
    }
  }

  private async answerTo(heard: Heard): Promise<string> {
    const [first = "", ...words] = heard.text.trim().split(/\s+/);
    if (!heard.isAllowed || !first.startsWith("/")) return "";
    const name = first.toLowerCase().replace(/@.*$/, "");
    try {
      if (name === "/confirm") return await this.confirm(heard, words[0] ?? "");
      if (dangerous.has(name)) return this.ask(heard, name, words);
      return await this.act(name, words, keyOf(heard));
    } catch (error) {
      this.parts.log.error({ message: heard.id, error: String(error) }, "a command failed");
      return `that failed: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** Asks once: who is asked again after a crash is asked for the same code. */
  private ask({ id, chat }: Heard, name: string, words: readonly string[]): string {
    const { acts, chats, clock, inbox } = this.parts;
    const complaint = acts.complaintOf(name, words);
    if (complaint !== null) return complaint;
    const code = String((Number.parseInt(sha256(`${inbox.name} ${id}`).slice(0, 8), 16) % 9000) + 1000);
    const command = [name, ...words].join(" ");
    chats.append({ kind: "asked", id, atMs: clock.nowMs(), chat, command, code });
    return `${acts.meaningOf(name, words)}\nDo it?   /confirm ${code}   within two minutes`;
  }

  private async confirm(heard: Heard, code: string): Promise<string> {
    const asked = this.parts.chats.openQuestion(heard);
    if (asked === null) return "there is nothing to confirm";
    if (asked.code !== code) return "that is not the code; nothing was done";
    if (heard.atMs - asked.atMs > confirmMsMax) return "that was asked too long ago; write the command again";
    const [name = "", ...words] = asked.command.split(" ");
    return this.act(name, words, keyOf({ ...heard, id: asked.id }));
  }

  private async act(name: string, words: readonly string[], key: string): Promise<string> {
    const { acts } = this.parts;
    switch (name) {
      case "/status":
        return acts.status();
      case "/positions":
        return acts.positions();
      case "/explain":
        return acts.explain(words[0]);
      case "/pause":
        return acts.pause(words[0], key);
      case "/resume":
        return acts.resume(words[0]);
      case "/kill":
        return acts.kill(words, key);
      default:
        return help;
    }
  }
}

/** Names a command for ever: who, where and which message. */
function keyOf({ chat, from, id }: Heard): string {
  return `chat ${chat}, user ${from === "" ? "unknown" : from}, message ${id}`;
}
