/** A text in UTF-8 with the number of its bytes in front, in four of them. */
export function framedText(text: string): Buffer {
  const bytes = Buffer.alloc(4 + Buffer.byteLength(text));
  bytes.writeUInt32BE(bytes.length - 4);
  bytes.write(text, 4);
  return bytes;
}

/** Cuts a stream of bytes into such texts again. */
export class FrameReader {
  private readonly bytesMax: number;
  private rest: Buffer = Buffer.alloc(0);

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  /** The texts that are complete by now; null where the next one says that it is longer than any may be. */
  take(bytes: Buffer): readonly string[] | null {
    this.rest = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
    const texts: string[] = [];
    while (this.rest.length >= 4) {
      const length = this.rest.readUInt32BE();
      if (length > this.bytesMax) return null;
      if (this.rest.length < 4 + length) break;
      texts.push(this.rest.toString("utf8", 4, 4 + length));
      this.rest = this.rest.subarray(4 + length);
    }
    return texts;
  }
}
