/** Replaces every secret in a text that came from outside, so that it can be shown and logged. */
export type Redact = (text: string) => string;

/** A `Redact` for these secrets; empty and missing ones are skipped. */
export function redactor(secrets: readonly (string | undefined)[]): Redact {
  const known = secrets.filter((secret) => secret !== undefined && secret.length >= 4) as string[];
  return (text) =>
    known.reduce(
      (result, secret) => result.replaceAll(secret, "***").replaceAll(encodeURIComponent(secret), "***"),
      text,
    );
}
