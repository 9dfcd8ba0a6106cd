import { z } from "zod";
import { kiwiConfigSchema } from "../../src/app/config/config-schema.ts";
import { assert } from "../../src/base/assert.ts";
import { tableOf } from "./markdown.ts";

type Schema = {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
};
type Row = { readonly path: string; readonly schema: Schema };

/** Every key of the configuration, from the schema that reads it: a table for each section. Fails on a key without a meaning. */
export function configTables(): string {
  const schema = z.toJSONSchema(kiwiConfigSchema, { io: "input", reused: "inline" }) as Schema;
  const rows = rowsUnder(schema, "");
  const silent = rows.filter(({ schema }) => schema.description === undefined).map(({ path }) => path);
  assert(silent.length === 0, `the schema does not say what these mean: ${silent.join(", ")}`);
  const sections = Map.groupBy(rows, ({ path }) => (path.includes(".") ? path.split(".")[0]! : ""));
  return [...sections].map(([name, rows]) => sectionOf(name, rows)).join("\n\n");
}

function sectionOf(name: string, rows: readonly Row[]): string {
  const lines = rows.map(({ path, schema }) => [
    `\`${path}\``,
    kindOf(schema),
    defaultOf(schema),
    schema.description!,
  ]);
  return `## ${name === "" ? "At the top" : name}\n\n${tableOf(["key", "value", "default", "meaning"], lines)}`;
}

/** Leaves below a schema. A name of your own is written as NAME. */
function rowsUnder(schema: Schema, path: string): readonly Row[] {
  const at = (key: string): string => (path === "" ? key : `${path}.${key}`);
  const { properties = {}, additionalProperties: others, items } = schema;
  if (schema.type === "array" && items?.type === "object")
    return [
      ...(schema.description === undefined ? [] : [{ path, schema }]),
      ...rowsUnder(items, `${path}[]`),
    ];
  if (schema.type !== "object" || isSecretPlace(schema)) return [{ path, schema }];
  const named = Object.entries(properties).flatMap(([key, inner]) => rowsUnder(inner, at(key)));
  const isFree = typeof others === "object" && Object.keys(properties).length === 0;
  const own = isFree ? rowsUnder(others, at("NAME")) : [];
  const isChoice = typeof others === "object" && !isFree;
  // A table of names, or a plug-in with options of its own: what it is, is said once, above its keys.
  const self = isFree || isChoice ? [{ path, schema }] : [];
  const ownNamed = own.filter((row) => row.path !== at("NAME") || row.schema.description !== undefined);
  return [
    ...self.filter(() => path !== "" && !path.endsWith("[]")),
    ...named.filter(({ path, schema }) => schema.description !== undefined || !path.endsWith(".use")),
    ...ownNamed,
  ];
}

/** A place of a secret is one setting, whatever it names. */
function isSecretPlace({ properties = {} }: Schema): boolean {
  return Object.keys(properties).join(" ") === "env file vault";
}

function kindOf(schema: Schema): string {
  const { type, enum: words, anyOf, items } = schema;
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (words !== undefined) return words.map((word) => `\`${String(word)}\``).join(", ");
  if (anyOf !== undefined) return [...new Set(anyOf.map(kindOf))].join(" or ");
  if (type === "array") return `list of ${items === undefined ? "anything" : kindOf(items)}`;
  if (type === "object") return "object";
  if (type === "number" || type === "integer")
    return `${type === "integer" ? "whole number" : "number"}${rangeOf(schema)}`;
  return type === "boolean" ? "true or false" : "text";
}

function rangeOf({ minimum, exclusiveMinimum, maximum }: Schema): string {
  const low =
    exclusiveMinimum === undefined
      ? minimum === undefined
        ? ""
        : `from ${minimum}`
      : `above ${exclusiveMinimum}`;
  const high = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? "" : `to ${maximum}`;
  const parts = [low.includes(String(Number.MIN_SAFE_INTEGER)) ? "" : low, high].filter(
    (part) => part !== "",
  );
  return parts.length === 0 ? "" : ` ${parts.join(" ")}`;
}

function defaultOf({ default: value }: Schema): string {
  if (value === undefined) return "";
  return value === null || value === Infinity ? "no limit" : `\`${JSON.stringify(value)}\``;
}
