import { withoutPasswords } from "../../base/open-password.ts";

/** Names of fields whose text nobody may read, wherever they stand. */
const secretField =
  /"((?:[\w-]*(?:secret|password|passphrase|token|signature|credential|private[_-]?key|api[_-]?key|access[_-]?key)[\w-]*|authorization|cookie|set-cookie|apca-api-[\w-]+|x-bapi-(?:sign|api-key)|x-mbx-apikey|sign|key))":\s*(?:"(?:[^"\\]|\\.)*"|\[[^\]]*\]|-?\d[\d.eE+-]*)/gi;
const bearer = /\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/g;
/** Shorter values than this are words, and would blacken half of the log. */
const secretLengthMin = 6;

/**
 * Makes what takes secrets out of a line of a log: the given ones wherever they stand and however they are written, and
 * what stands in a field, a header or an address that is made for a secret.
 */
export function secretRemover(secrets: readonly string[]): (line: string) => string {
  const forms = [
    ...new Set(
      secrets.flatMap((secret) =>
        secret.length < secretLengthMin
          ? []
          : [
              secret,
              JSON.stringify(secret).slice(1, -1),
              encodeURIComponent(secret),
              Buffer.from(secret).toString("base64").replace(/=+$/, ""),
              Buffer.from(secret).toString("hex"),
            ],
      ),
    ),
  ].toSorted((a, b) => b.length - a.length);
  return (line) => {
    let clean = line;
    for (const form of forms) if (clean.includes(form)) clean = clean.replaceAll(form, "***");
    return withoutPasswords(clean.replace(secretField, '"$1":"***"').replace(bearer, "$1 ***"));
  };
}
