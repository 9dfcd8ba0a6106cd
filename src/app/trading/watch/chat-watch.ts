import type { AlertChannel } from "../../../ports/alert-channel.ts";
import { serveChats, type ChatSurroundings } from "../../chat/serve-chats.ts";

/** Answers commands over the channels that are open at the moment, for as long as a session lives. */
export class ChatWatch {
  private readonly around: Omit<ChatSurroundings, "channels">;
  private served: readonly AlertChannel[] = [];
  private ending = new AbortController();
  private done: Promise<void> = Promise.resolve();

  constructor(around: Omit<ChatSurroundings, "channels">) {
    this.around = around;
  }

  /** These are the channels from now on: of one that was exchanged the old inbox is left first. */
  follow(channels: ReadonlyMap<string, AlertChannel>): void {
    const next = [...channels.values()].filter(({ inbox }) => inbox !== undefined);
    if (next.length === this.served.length && next.every((channel, k) => channel === this.served[k])) return;
    this.ending.abort();
    const ending = new AbortController();
    this.ending = ending;
    this.served = next;
    const open = new Map(channels);
    this.done = this.done.then(() => serveChats({ ...this.around, channels: open }, ending.signal).done);
  }

  async close(): Promise<void> {
    this.ending.abort();
    await this.done;
  }
}
