/** A column of a table: its heading, and on which side its texts stand. */
export type TableColumn = { readonly title: string; readonly align?: "left" | "right" };

/** Lays rows out in columns, two spaces apart; the last column may run on. */
export function table(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => (row[index] ?? "").length)),
  );
  const lineOf = (cells: readonly string[]): string =>
    cells
      .map((cell, index) =>
        columns[index]!.align === "right" ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!),
      )
      .join("  ")
      .trimEnd();
  return [lineOf(columns.map(({ title }) => title)), ...rows.map(lineOf)].join("\n");
}

/** Names and values, one pair per line, the values in one column. */
export function pairs(entries: readonly (readonly [string, string])[]): string {
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${name.padEnd(width)}  ${value}`.trimEnd()).join("\n");
}
