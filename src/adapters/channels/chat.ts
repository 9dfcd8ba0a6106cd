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

/** Slack reads these three characters as markup. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
