import { bareNumber } from "./bare-number.ts";
import { csvError } from "./csv-errors.ts";
import { delimiters, findHeaderLine, readHeader } from "./find-header.ts";
import { splitFields } from "./split-fields.ts";

/** The first lines of a file, cut into fields. */
export type Sample = {
  readonly delimiter: string;
  readonly decimal: "." | ",";
  /** Names of the columns, or null where the first line is data already. */
  readonly header: readonly string[] | null;
  /** The symbol that stands above the rows, null where none does. */
  readonly symbol: string | null;
  readonly rows: readonly (readonly string[])[];
  /** Lines before the first data row. */
  readonly linesBefore: number;
};

const linesMax = 200;
const voters = 50;
const numberPattern = /^[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?$/;
/** What some exporters put before the header: comments, Excel's `sep=;`, a web address. */
const prefacePattern = /^\s*($|#|sep=|https?:\/\/|www\.)/i;

/** Cuts the beginning of a file into fields. Throws `CSV_NO_ROWS` when it holds no data, `CSV_MANY_SYMBOLS`. */
export function takeSample(path: string, text: string, delimiterWanted: string | undefined): Sample {
  const lines = text.split("\n", linesMax);
  const named = findHeaderLine(lines);
  const start = named < 0 ? lines.findIndex((line) => !prefacePattern.test(line)) : named;
  const first = lines[start];
  if (first === undefined) throw noRows(path, "the file holds only blank lines and comments");
  const delimiter = delimiterWanted ?? detectDelimiter(lines.slice(start).filter(isFilled));
  const isNamed = named >= 0 || isHeader(splitFields(first, delimiter));
  const header = isNamed ? readHeader(path, lines, start, delimiter) : null;
  const linesBefore = header?.end ?? start;
  const rows = lines
    .slice(linesBefore)
    .filter((line) => isFilled(line) && !line.startsWith("#") && line.trim() !== first.trim())
    .map((line) => splitFields(line, delimiter));
  if (rows.length === 0) throw noRows(path, `the only line is the header: ${first.trim()}`);
  return {
    delimiter,
    decimal: detectDecimal(rows, delimiter),
    header: header?.names ?? null,
    symbol: header?.symbol ?? null,
    rows,
    linesBefore,
  };
}

function isFilled(line: string): boolean {
  return line.trim() !== "";
}

/** `CSV_NO_ROWS`. */
export function noRows(path: string, why: string): Error {
  return csvError({
    code: "CSV_NO_ROWS",
    message: `${path} has no bars`,
    why,
    fix: "export the file again with its data rows, at least two",
  });
}

/** The first delimiter that cuts nearly all lines into the same number of fields, five or more; else the finest. */
function detectDelimiter(body: readonly string[]): string {
  const lines = body.slice(0, voters);
  let best = ",";
  let bestWidth = 1;
  for (const delimiter of delimiters) {
    const counts = new Map<number, number>();
    for (const line of lines) {
      const width = splitFields(line, delimiter).length;
      counts.set(width, (counts.get(width) ?? 0) + 1);
    }
    const [width, count] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
    if (width >= 5 && count >= lines.length * 0.8) return delimiter;
    if (width > bestWidth) [best, bestWidth] = [delimiter, width];
  }
  return best;
}

/** A first line that has letters and fewer than four numbers names the columns. */
function isHeader(fields: readonly string[]): boolean {
  const numbers = fields.filter((field) => numberPattern.test(field)).length;
  return numbers < 4 && fields.some((field) => /\p{L}/u.test(field));
}

/** A number with both signs says which is which; between commas, quoted groups of three are thousands. */
function detectDecimal(rows: Sample["rows"], delimiter: string): "." | "," {
  const fields = rows.slice(0, voters).flat().map(bareNumber);
  const both = fields.find(
    (field) => /^\D?\d{1,3}([.,]\d{3})*[.,]\d+$/.test(field) && /\..*,|,.*\./.test(field),
  );
  if (both !== undefined) return both.lastIndexOf(",") > both.lastIndexOf(".") ? "," : ".";
  const commas = fields.filter((field) => /^[+-]?\d*,\d+$/.test(field));
  const dots = fields.filter((field) => /^[+-]?\d*\.\d+$/.test(field)).length;
  if (delimiter === "," && commas.every((field) => /,\d{3}$/.test(field))) return ".";
  return commas.length > dots ? "," : ".";
}
