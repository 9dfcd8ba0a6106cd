import type { z } from "zod";
import type { Params, ParamValues } from "../domain/params.ts";
import type { BarSource } from "./bar-source.ts";
import { checkedOptions, schemaOf, type Given } from "../domain/params-schema.ts";
import type { ConnectTools, CredentialNeed } from "./component.ts";

/** A place that has bars, as a plug-in: its options are those of a provider in the configuration. */
export type SourcePlugin = {
  readonly kind: "source";
  readonly name: string;
  readonly summary: string;
  readonly options: z.ZodObject;
  /** Secrets that it can use, with the variables that are looked at by default. */
  readonly credentials: readonly CredentialNeed[];
  /** Whether it does nothing without its secrets. */
  readonly needsCredentials: (options: Readonly<Record<string, unknown>>) => boolean;
  /** Opens the source; `close` of what it returns ends it. Throws `SOURCE_OPTION_UNKNOWN` and `SOURCE_OPTION_INVALID`. */
  readonly open: (options: Readonly<Record<string, unknown>>, tools: ConnectTools) => Promise<BarSource>;
};

type Definition<Shape extends z.ZodRawShape> = {
  readonly name: string;
  readonly summary: string;
  readonly options: z.ZodObject<Shape>;
  readonly credentials?: readonly CredentialNeed[];
  readonly needsCredentials?: (options: Readonly<Record<string, unknown>>) => boolean;
  readonly open: (options: Given<z.output<z.ZodObject<Shape>>>, tools: ConnectTools) => Promise<BarSource>;
};

/** The same, with options in the language of strategies: `int`, `float`, `bool`, `choice`, `text`. */
type ParamsDefinition<P extends Params> = Omit<Definition<z.ZodRawShape>, "options" | "open"> & {
  readonly options: P;
  readonly open: (options: ParamValues<P>, tools: ConnectTools) => Promise<BarSource>;
};

/** Gives a source its types: its options are checked before it is opened. */
export function defineSource<Shape extends z.ZodRawShape>(definition: Definition<Shape>): SourcePlugin;
export function defineSource<P extends Params>(definition: ParamsDefinition<P>): SourcePlugin;
export function defineSource(definition: Definition<z.ZodRawShape> | ParamsDefinition<Params>): SourcePlugin {
  const { name, summary, credentials = [], needsCredentials } = definition;
  const options =
    "_zod" in definition.options
      ? (definition.options as z.ZodObject)
      : schemaOf(definition.options as Params);
  const open = definition.open as (options: unknown, tools: ConnectTools) => Promise<BarSource>;
  return {
    kind: "source",
    name,
    summary,
    options,
    credentials,
    needsCredentials: needsCredentials ?? (() => false),
    open: async (given, tools) =>
      open(checkedOptions({ kind: "source", name, place: `providers.${name}` }, options, given), tools),
  };
}
