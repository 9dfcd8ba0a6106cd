import { z } from "zod";

const text = z.string().min(1);

/** Where a secret is, never what it is. */
export const secretPlace = z
  .strictObject({
    env: text.optional().describe("name of an environment variable"),
    file: text.optional().describe("path of a file that holds the secret and nothing else"),
  })
  .refine(({ env, file }) => (env === undefined) !== (file === undefined), "it must name either env or file");
