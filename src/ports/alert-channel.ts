import type { z } from "zod";
import type { Params, ParamValues } from "../domain/params.ts";
import { schemaOf } from "../domain/params-schema.ts";
import type { ConnectTools, Connected, CredentialNeed } from "./component.ts";

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

/** A way to reach a person, open. */
export interface AlertChannel extends Connected {
  /** Resolves when whoever carries the message has taken it; rejects with what it said. */
  send(message: AlertMessage, signal: AbortSignal): Promise<void>;
  /** Where people may answer; missing where they cannot, or where nobody is allowed to. */
  readonly inbox?: ChatInbox;
}

/** What somebody wrote. */
export type ChatMessage = {
  /** Grows from message to message; the same message has the same one however often it is told. */
  readonly id: number;
  /** Where it was written, and by whom, as the carrier numbers them. */
  readonly chat: string;
  readonly from: string;
  readonly text: string;
  readonly atMs: number;
  /** Whether commands are taken from there. */
  readonly isAllowed: boolean;
};

/** Messages of people, kept by whoever carries them until they are confirmed. */
export interface ChatInbox {
  /** Tells one inbox from another; no secret. */
  readonly name: string;
  /** Waits a while for messages beyond `afterId`, oldest first, and confirms all up to it. Rejects with what was said. */
  poll(afterId: number, signal: AbortSignal): Promise<readonly ChatMessage[]>;
  reply(chat: string, text: string, signal: AbortSignal): Promise<void>;
}

/** A way to reach people as a plug-in: its options are those of a channel in the configuration. */
export type ChannelPlugin = {
  readonly kind: "channel";
  readonly name: string;
  readonly summary: string;
  readonly options: z.ZodType<Readonly<Record<string, unknown>>>;
  /** Secrets that it can use, with the variables that are looked at by default. */
  readonly credentials: readonly CredentialNeed[];
  /** Whether it reaches nobody without its secrets. */
  readonly needsCredentials: (options: Readonly<Record<string, unknown>>) => boolean;
  /** Opens the channel; its options have been checked. It may connect, and `close` of what it returns ends that. */
  readonly open: (
    options: Readonly<Record<string, unknown>>,
    tools: ConnectTools,
  ) => AlertChannel | Promise<AlertChannel>;
};

type Definition<Options, Schema> = {
  readonly name: string;
  readonly summary: string;
  readonly options: Schema;
  readonly credentials?: readonly CredentialNeed[];
  /** Where a channel has secrets and this says nothing, it does not open without them. */
  readonly needsCredentials?: (options: Options) => boolean;
  readonly open: (options: Options, tools: ConnectTools) => AlertChannel | Promise<AlertChannel>;
};

/** Gives a channel its types. Options may be a zod schema, or in the language of strategies: `int`, `choice`, `text`. */
export function defineChannel<Options>(definition: Definition<Options, z.ZodType<Options>>): ChannelPlugin;
export function defineChannel<P extends Params>(definition: Definition<ParamValues<P>, P>): ChannelPlugin;
export function defineChannel(definition: Definition<never, z.ZodType | Params>): ChannelPlugin {
  const { options, credentials = [], needsCredentials = () => true } = definition;
  const schema = "_zod" in options ? (options as z.ZodType) : schemaOf(options as Params);
  return { ...definition, kind: "channel", options: schema, credentials, needsCredentials } as ChannelPlugin;
}
