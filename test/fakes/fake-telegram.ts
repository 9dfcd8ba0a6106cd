import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Update = { readonly update_id: number; readonly message: object };

/**
 * Telegram's bot interface on this machine (core.telegram.org/bots/api): `getUpdates` holds a question until there is a
 * message or its time is up, keeps every message until a larger offset is asked for, and refuses a second one who asks;
 * `sendMessage` takes answers.
 */
export class FakeTelegram {
  readonly token = "777000:planted-bot-token";
  readonly sent: { readonly chat: string; readonly text: string }[] = [];
  /** Answers are refused this often before one is taken. */
  refuse = 0;
  conflicts = 0;
  private readonly updates: Update[] = [];
  private lastId = 100;
  private waiting: (() => void) | null = null;
  private readonly server = createServer((request, response) => void this.serve(request, response));

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Somebody writes to the bot; `agoMs` before now. Returns the number of the message. */
  write(chat: number, text: string, agoMs = 0): number {
    const date = Math.floor((Date.now() - agoMs) / 1_000);
    this.updates.push({
      update_id: ++this.lastId,
      message: { date, text, chat: { id: chat }, from: { id: chat } },
    });
    this.waiting?.();
    return this.lastId;
  }

  /** Waits until so many answers were taken, and returns the last one. */
  async answered(count: number): Promise<string> {
    for (const endMs = Date.now() + 8_000; this.sent.length < count && Date.now() < endMs;)
      await new Promise((resolve) => setTimeout(resolve, 10));
    return this.sent[count - 1]?.text ?? "nothing was answered";
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const part of request) text += String(part);
    const body = JSON.parse(text || "{}") as {
      offset: number;
      timeout: number;
      chat_id: number;
      text: string;
    };
    const say = (status: number, answer: object): void => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(answer));
    };
    if (request.url === `/bot${this.token}/sendMessage`) {
      if (this.refuse-- > 0) return say(429, { ok: false, description: "Too Many Requests: retry after 1" });
      this.sent.push({ chat: String(body.chat_id), text: body.text });
      return say(200, { ok: true, result: {} });
    }
    if (request.url !== `/bot${this.token}/getUpdates`)
      return say(401, { ok: false, description: "Unauthorized" });
    if (this.waiting !== null) {
      this.conflicts += 1;
      return say(409, { ok: false, description: "Conflict: terminated by other getUpdates request" });
    }
    while (this.updates[0] !== undefined && this.updates[0].update_id < body.offset) this.updates.shift();
    if (this.updates.length === 0) await this.something(response, body.timeout * 1_000);
    say(200, { ok: true, result: this.updates });
  }

  private async something(response: ServerResponse, spanMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, spanMs);
      this.waiting = () => {
        clearTimeout(timer);
        resolve();
      };
      response.once("close", this.waiting);
    });
    this.waiting = null;
  }
}
