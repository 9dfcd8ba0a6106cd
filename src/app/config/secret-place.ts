import { z } from "zod";

const text = z.string().min(1);

/** Where a secret is, never what it is. */
export const secretPlace = z
  .strictObject({
    env: text.optional().describe("name of an environment variable"),
    file: text.optional().describe("path of a file that holds the secret and nothing else"),
    vault: text.optional().describe("name of a secret in the vault: kiwi secrets set NAME"),
  })
  .refine(
    (place) => Object.values(place).filter((one) => one !== undefined).length === 1,
    "it must name one of env, file and vault",
  )
  .describe('where it is, never what it is: { "env": .. }, { "file": .. } or { "vault": .. }');

/** Where secrets may be looked up. */
export type SecretPlaces = {
  /** Relative paths start here. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where in a configuration the place of one is written; with the providers by default. */
  readonly section?: "providers" | "broker" | "channels" | "modelSecrets";
};
