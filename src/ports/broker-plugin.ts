import type { z } from "zod";
import type { Params, ParamValues } from "../domain/params.ts";
import type { BrokerConnection } from "./broker-connection.ts";
import { checkedOptions, schemaOf, type Given } from "../domain/params-schema.ts";
import type { ConnectTools, CredentialNeed } from "./component.ts";

/** What is traded with: play money at the venue or here, or money. */
export type TradingMode = "paper" | "live";

/** What a broker gets from outside when it is made. */
export type BrokerTools = ConnectTools & { readonly mode: TradingMode };

/** A venue that takes orders, as a plug-in: its options are those of a broker in the configuration. */
export type BrokerPlugin = {
  readonly kind: "broker";
  readonly name: string;
  readonly summary: string;
  readonly options: z.ZodObject;
  /** Secrets that it can use, with the variables that are looked at by default. */
  readonly credentials: readonly CredentialNeed[];
  /**
   * Makes the connection; nothing is sent before its `open`. Throws `BROKER_OPTION_UNKNOWN`, `BROKER_OPTION_INVALID`, and
   * `BROKER_MODE_MISMATCH` when host, keys or port are not those of the mode.
   */
  readonly connect: (
    options: Readonly<Record<string, unknown>>,
    tools: BrokerTools,
  ) => Promise<BrokerConnection>;
};

type Definition<Shape extends z.ZodRawShape> = {
  readonly name: string;
  readonly summary: string;
  readonly options: z.ZodObject<Shape>;
  readonly credentials?: readonly CredentialNeed[];
  readonly connect: (
    options: Given<z.output<z.ZodObject<Shape>>>,
    tools: BrokerTools,
  ) => BrokerConnection | Promise<BrokerConnection>;
};

/** The same, with options in the language of strategies: `int`, `float`, `bool`, `choice`, `text`. */
type ParamsDefinition<P extends Params> = Omit<Definition<z.ZodRawShape>, "options" | "connect"> & {
  readonly options: P;
  readonly connect: (
    options: ParamValues<P>,
    tools: BrokerTools,
  ) => BrokerConnection | Promise<BrokerConnection>;
};

/** Gives a broker its types: its options are checked before it connects. */
export function defineBroker<Shape extends z.ZodRawShape>(definition: Definition<Shape>): BrokerPlugin;
export function defineBroker<P extends Params>(definition: ParamsDefinition<P>): BrokerPlugin;
export function defineBroker(definition: Definition<z.ZodRawShape> | ParamsDefinition<Params>): BrokerPlugin {
  const { name, summary, credentials = [] } = definition;
  const options =
    "_zod" in definition.options
      ? (definition.options as z.ZodObject)
      : schemaOf(definition.options as Params);
  const connect = definition.connect as (
    options: unknown,
    tools: BrokerTools,
  ) => BrokerConnection | Promise<BrokerConnection>;
  return {
    kind: "broker",
    name,
    summary,
    options,
    credentials,
    connect: async (given, tools) =>
      connect(checkedOptions({ kind: "broker", name, place: "broker" }, options, given), tools),
  };
}
