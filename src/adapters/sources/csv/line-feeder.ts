import type { RowReader } from "./row-reader.ts";

const lineFeed = 10;

/** Cuts a stream of bytes into whole lines for a `RowReader`; only a line that two pieces share is copied. */
export class LineFeeder {
  private readonly reader: RowReader;
  private rest: Uint8Array = new Uint8Array(0);

  constructor(reader: RowReader) {
    this.reader = reader;
  }

  /** Takes the next piece of the file. */
  feed(piece: Uint8Array): void {
    const end = piece.indexOf(lineFeed) + 1;
    if (end === 0) {
      this.rest = Buffer.concat([this.rest, piece]);
      return;
    }
    let from = 0;
    if (this.rest.length > 0) {
      const line = Buffer.concat([this.rest, piece.subarray(0, end)]);
      this.reader.readLines(line, 0, line.length);
      from = end;
    }
    const to = piece.lastIndexOf(lineFeed) + 1;
    this.reader.readLines(piece, from, to);
    this.rest = piece.slice(to);
  }

  /** Takes what follows the last line feed. */
  end(): void {
    if (this.rest.length > 0) this.reader.readRest(Buffer.from(this.rest).toString("utf8"));
  }
}
