import { discord, slack } from "../../adapters/channels/chat.ts";
import { telegram } from "../../adapters/channels/telegram.ts";
import { desktop } from "../../adapters/channels/desktop.ts";
import { email } from "../../adapters/channels/email.ts";
import { webhook } from "../../adapters/channels/webhook.ts";
import type { ChannelPlugin } from "../../ports/alert-channel.ts";

/** Every kind of channel that is built in, sorted by name. */
export const channelPlugins: readonly ChannelPlugin[] = [desktop, discord, email, slack, telegram, webhook];
