import { z } from "zod";
import { sha256 } from "../../base/hash.ts";
import { defineChannel, type ChatInbox, type ChatMessage } from "../../ports/alert-channel.ts";
import { bodyOf, subjectOf } from "./message-text.ts";
import { askByJson, postJson } from "./post-json.ts";

const textMax = 4_096;
/** How long the server holds a question that it has no answer to, in seconds. */
const waitSeconds = 25;

const updates = z.object({
  result: z.array(
    z.object({
      update_id: z.int(),
      message: z
        .object({
          date: z.number(),
          text: z.string().default(""),
          chat: z.object({ id: z.int() }),
          from: z.object({ id: z.int() }).optional(),
        })
        .optional(),
    }),
  ),
});

/**
 * Telegram's bots (core.telegram.org/bots/api): `sendMessage` of at most 4,096 characters, and `getUpdates`, which keeps
 * every message until a larger offset is asked for.
 */
export const telegram = defineChannel({
  name: "telegram",
  summary: "Writes to a Telegram chat through a bot of yours, and takes commands from chats that you name.",
  options: z.strictObject({
    chat: z.union([z.int(), z.string().min(1)]).describe("id of the chat, or @name of a channel"),
    commandsFrom: z
      .array(z.string().regex(/^-?\d+$/, "the id of a chat is a whole number"))
      .default([])
      .describe("ids of the chats that commands are taken from; from none when empty"),
    baseUrl: z.url().default("https://api.telegram.org").describe("where the bot interface is"),
  }),
  credentials: [{ name: "token", what: "the token of a bot", env: "KIWI_TELEGRAM_TOKEN" }],
  open: ({ chat, commandsFrom, baseUrl }, { credentials: { token } }) => {
    const bot = `${baseUrl}/bot${token}`;
    const write = (to: number | string, text: string, signal: AbortSignal): Promise<void> =>
      postJson(
        `${bot}/sendMessage`,
        { chat_id: to, text: text.slice(0, textMax), link_preview_options: { is_disabled: true } },
        signal,
      );
    return {
      send: (message, signal) => write(chat, `${subjectOf(message)}\n${bodyOf(message)}`, signal),
      ...(commandsFrom.length === 0 ? {} : { inbox: inboxOf(bot, token!, new Set(commandsFrom), write) }),
    };
  },
});

function inboxOf(
  bot: string,
  token: string,
  allowed: ReadonlySet<string>,
  write: (to: string, text: string, signal: AbortSignal) => Promise<void>,
): ChatInbox {
  return {
    name: `telegram-${sha256(token).slice(0, 12)}`,
    reply: write,
    async poll(afterId, signal) {
      const answer = await askByJson(
        `${bot}/getUpdates`,
        { offset: afterId + 1, timeout: waitSeconds, allowed_updates: ["message"] },
        AbortSignal.any([signal, AbortSignal.timeout((waitSeconds + 10) * 1_000)]),
      );
      return updates.parse(JSON.parse(answer)).result.map(({ update_id: id, message }): ChatMessage => {
        const chat = String(message?.chat.id ?? "");
        return {
          id,
          chat,
          from: String(message?.from?.id ?? ""),
          text: message?.text ?? "",
          atMs: (message?.date ?? 0) * 1_000,
          isAllowed: allowed.has(chat),
        };
      });
    },
  };
}
