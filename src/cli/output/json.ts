/** A result for programs, on one line: a schema name, `ok`, and what there is to say. */
export function envelope(schema: string, content: Readonly<Record<string, unknown>>, ok = true): string {
  return JSON.stringify({ schema, ok, ...content });
}
