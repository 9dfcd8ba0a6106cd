import { didYouMean } from "../../base/nearest.ts";
import { discord, slack, telegram } from "../../adapters/channels/chat.ts";
import { desktop } from "../../adapters/channels/desktop.ts";
import { email } from "../../adapters/channels/email.ts";
import { webhook } from "../../adapters/channels/webhook.ts";
import { KiwiError } from "../../base/errors.ts";
import type { ChannelPlugin } from "../../ports/alert-channel.ts";

/** Every kind of channel that is built in, sorted by name. */
const channelPlugins: readonly ChannelPlugin[] = [desktop, discord, email, slack, telegram, webhook];

/** The kind of channel of a name. Throws `CHANNEL_UNKNOWN`. */
export function channelNamed(name: string): ChannelPlugin {
  const found = channelPlugins.find((plugin) => plugin.name === name);
  if (found !== undefined) return found;
  const names = channelPlugins.map((plugin) => plugin.name);
  throw new KiwiError({
    code: "CHANNEL_UNKNOWN",
    exit: "config",
    message: `there is no channel of the kind "${name}"`,
    why: `the kinds are ${names.join(", ")}`,
    fix: didYouMean(name, names, (near) => `{ "use": "${near}" }`),
    topic: "alerts",
  });
}
