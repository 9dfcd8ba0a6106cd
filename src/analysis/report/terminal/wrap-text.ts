/** Breaks text at spaces into lines of at most `width` characters, never between a number and its %; a longer word is cut. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+(?!%)/).filter((each) => each !== "")) {
    let rest = word;
    if (line !== "" && line.length + 1 + rest.length > width) {
      lines.push(line);
      line = "";
    }
    while (rest.length > width) {
      lines.push(rest.slice(0, width));
      rest = rest.slice(width);
    }
    line = line === "" ? rest : `${line} ${rest}`;
  }
  return line === "" ? lines : [...lines, line];
}

/** Wrapped text behind a label: the first line carries the label, the others stand under its text. */
export function labelled(label: string, text: string, width: number): string[] {
  const indent = " ".repeat(label.length);
  return wrapText(text, width - label.length).map((line, row) => (row === 0 ? label : indent) + line);
}
