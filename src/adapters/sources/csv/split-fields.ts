/**
 * The fields of one line, trimmed and without their quotes (RFC 4180: a doubled quote inside stands for one).
 * A run of spaces counts as one where the space is the delimiter.
 */
export function splitFields(line: string, delimiter: string): string[] {
  const text = line.trimEnd();
  if (delimiter === " ") return text.trim().split(/ +/);
  if (!text.includes('"')) return text.split(delimiter).map((field) => field.trim());
  const fields: string[] = [];
  let field = "";
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (isQuoted && character === '"' && text[at + 1] === '"') {
      field += '"';
      at += 1;
    } else if (character === '"') isQuoted = !isQuoted;
    else if (character === delimiter && !isQuoted) {
      fields.push(field.trim());
      field = "";
    } else field += character;
  }
  return [...fields, field.trim()];
}
