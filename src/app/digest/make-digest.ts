import type { AlertMessage } from "../../ports/alert-channel.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import { sendToAll, type Sent } from "../alerts/send-to-all.ts";
import { withChannels } from "../alerts/with-channels.ts";
import { withOwnState, type StateOwner } from "../state/open-own-state.ts";
import { updateState } from "../state/update-state.ts";
import { digestHtml, digestText, digestTitle } from "./digest-html.ts";
import { digestOf, type Digest } from "./digest-of.ts";

/** A digest, and how it is read. */
export type MadeDigest = {
  readonly digest: Digest;
  readonly title: string;
  readonly html: string;
  readonly text: string;
};

/** Says what all sessions did from `fromMs` to `toMs`, after the tables have been brought up to the journals. */
export async function makeDigest(owner: StateOwner, fromMs: number, toMs: number): Promise<MadeDigest> {
  const digest = await withOwnState(owner, async (state) => {
    await updateState(owner.home, state, false);
    return digestOf(state, owner.home, owner.places.folder, fromMs, toMs);
  });
  const title = digestTitle(digest);
  return { digest, title, html: digestHtml(digest, title), text: digestText(digest) };
}

/** Sends it over the channels that `config` names for it, or over all of them. */
export async function sendDigest(
  { digest, title, html, text }: MadeDigest,
  config: Pick<KiwiConfig, "alerts" | "plugins">,
  { places }: Pick<StateOwner, "places">,
): Promise<readonly Sent[]> {
  const message: AlertMessage = {
    id: "",
    severity: "info",
    title,
    text,
    html,
    atMs: digest.toMs,
    count: 1,
    sender: "digest",
  };
  const { digestTo } = config.alerts;
  return withChannels(config, places, async (channels) => {
    const wanted = digestTo.length === 0 ? [...channels.keys()] : digestTo;
    return sendToAll(new Map(wanted.map((name) => [name, channels.get(name)!])), message);
  });
}
