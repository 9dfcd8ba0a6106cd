/** Reads CSV as RFC 4180 says: fields in quotes may hold commas, line ends and doubled quotes. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]!;
    if (isQuoted && letter === '"' && text[i + 1] === '"') {
      field += '"';
      i += 1;
    } else if (letter === '"') isQuoted = !isQuoted;
    else if (!isQuoted && letter === ",") {
      row.push(field);
      field = "";
    } else if (!isQuoted && letter === "\r" && text[i + 1] === "\n") {
      rows.push([...row, field]);
      row = [];
      field = "";
      i += 1;
    } else field += letter;
  }
  return rows;
}
