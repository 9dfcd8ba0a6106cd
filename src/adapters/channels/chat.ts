import { z } from "zod";
import { defineChannel, type AlertMessage } from "../../ports/alert-channel.ts";
import { bodyOf, subjectOf } from "./message-text.ts";
import { postJson } from "./post-json.ts";

const textOf = (message: AlertMessage) => `${subjectOf(message)}\n${bodyOf(message)}`;

/** Slack's incoming webhooks: the address is the secret (api.slack.com/messaging/webhooks). */
export const slack = defineChannel({
  name: "slack",
  summary: "Writes into a Slack channel by an incoming webhook.",
  options: z.strictObject({}),
  credentials: [{ name: "secret", what: "the address of an incoming webhook", env: "KIWI_SLACK_WEBHOOK" }],
  open: (_, { credentials: { secret } }) => ({
    send: (message, signal) => postJson(secret!, { text: escaped(textOf(message)) }, signal),
  }),
});

/** Discord's webhooks take `content` of at most 2,000 characters and would ping whoever is named in it. */
export const discord = defineChannel({
  name: "discord",
  summary: "Writes into a Discord channel by a webhook.",
  options: z.strictObject({}),
  credentials: [{ name: "secret", what: "the address of a webhook", env: "KIWI_DISCORD_WEBHOOK" }],
  open: (_, { credentials: { secret } }) => ({
    send: (message, signal) =>
      postJson(
        secret!,
        { content: textOf(message).slice(0, 2_000), allowed_mentions: { parse: [] } },
        signal,
      ),
  }),
});

/** Telegram's bots: `sendMessage` of at most 4,096 characters (core.telegram.org/bots/api). */
export const telegram = defineChannel({
  name: "telegram",
  summary: "Writes to a Telegram chat through a bot of yours.",
  options: z.strictObject({
    chat: z.union([z.int(), z.string().min(1)]).describe("id of the chat, or @name of a channel"),
    baseUrl: z.url().default("https://api.telegram.org").describe("where the bot interface is"),
  }),
  credentials: [{ name: "token", what: "the token of a bot", env: "KIWI_TELEGRAM_TOKEN" }],
  open: ({ chat, baseUrl }, { credentials: { token } }) => ({
    send: (message, signal) =>
      postJson(
        `${baseUrl}/bot${token}/sendMessage`,
        { chat_id: chat, text: textOf(message).slice(0, 4_096), link_preview_options: { is_disabled: true } },
        signal,
      ),
  }),
});

/** Slack reads these three characters as markup. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
