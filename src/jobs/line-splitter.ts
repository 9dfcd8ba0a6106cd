/**
 * Cuts text that arrives in pieces into whole lines. Returns what takes a piece; `flush` hands over a last line that
 * has no end.
 */
export function lineSplitter(onLine: (line: string) => void): {
  readonly take: (piece: string) => void;
  readonly flush: () => void;
} {
  let begun = "";
  return {
    take(piece) {
      const lines = (begun + piece).split(/\r?\n/);
      begun = lines.pop()!;
      for (const line of lines) onLine(line);
    },
    flush() {
      if (begun !== "") onLine(begun);
      begun = "";
    },
  };
}
