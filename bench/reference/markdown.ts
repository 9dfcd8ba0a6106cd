import { join } from "node:path";

/** The folder of the whole tree. */
export const root = join(import.meta.dirname, "..", "..");

/** A table of Markdown; bars inside a cell are escaped, so that they do not end it. */
export function tableOf(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", String.raw`\|`)).join(" | ")} |`;
  return [line(titles), `|${"---|".repeat(titles.length)}`, ...rows.map(line)].join("\n");
}
