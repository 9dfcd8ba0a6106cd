import type { z } from "zod";
import type { CredentialNeed, Credentials } from "./credentials.ts";

/** How grave something is, mildest first. */
export const severities = ["info", "warning", "critical"] as const;
export type Severity = (typeof severities)[number];

/** What a person is told. */
export type AlertMessage = {
  /** Names the alert: `kiwi alerts ack ID`. */
  readonly id: string;
  readonly severity: Severity;
  /** One line. */
  readonly title: string;
  readonly text: string;
  /** The same as a page, for channels that can show one. */
  readonly html?: string;
  readonly atMs: number;
  /** How often it has happened since it was told last, this time included. */
  readonly count: number;
  /** Which robot or project speaks. */
  readonly sender: string;
};

/** A way to reach a person. */
export interface AlertChannel {
  /** Resolves when whoever carries the message has taken it; rejects with what it said. */
  send(message: AlertMessage, signal: AbortSignal): Promise<void>;
}

/** A channel as a plug-in: its options are those of a channel in the configuration. */
export type ChannelPlugin<Options = Readonly<Record<string, unknown>>> = {
  readonly kind: "channel";
  readonly name: string;
  readonly summary: string;
  readonly options: z.ZodType<Options>;
  /** Secrets that it needs, with the variables that are looked at by default. */
  readonly credentials: readonly CredentialNeed[];
  readonly open: (options: Options, credentials: Credentials) => AlertChannel;
};

/** Gives a channel its types. The result takes any options: they are checked before `open` is called. */
export function defineChannel<Options>(channel: ChannelPlugin<Options>): ChannelPlugin {
  return channel as unknown as ChannelPlugin;
}
