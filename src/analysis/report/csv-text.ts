/** What a CSV field may hold; `null` is an empty field. */
export type CsvValue = string | number | null;

/** A text that begins so is a formula to a spreadsheet, which would run it (OWASP, CSV Injection). */
const formula = /^[=+\-@\t\r]/;

/**
 * Rows as CSV by RFC 4180: CRLF line ends, and quotes where a field holds a comma, a quote or a line end. Texts that a
 * spreadsheet would take for a formula get an apostrophe in front; numbers stay what they are.
 */
export function csvText(header: readonly string[], rows: Iterable<readonly CsvValue[]>): string {
  const lines = [header.map(fieldText).join(",")];
  for (const row of rows) lines.push(row.map(fieldText).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

function fieldText(value: CsvValue): string {
  if (value === null) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  const harmless = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
