import { crc32 } from "node:zlib";
import type { JournalDisk } from "./journal-disk.ts";

/** What every journal file begins with: its kind and the version of its frames. */
export const journalMagic = Buffer.from("KIWIJNL1", "latin1");
/** Length, checksum of the length, checksum of the payload: three unsigned numbers of 32 bits, little end first. */
const headerBytes = 12;
/** A record is never this large; whatever says so is not one. */
const payloadBytesMax = 64 * 1024 * 1024;
/** What a block looks like that a disk had promised and not yet written; a text has no NUL. */
const unwritten = Buffer.alloc(8);

/** How a frame at some place of a file turned out. */
export type Frame =
  | { readonly kind: "whole"; readonly payload: Buffer; readonly endAt: number }
  /** The file ends in it, or it holds bytes that were never written: its writer died, or the power went. */
  | { readonly kind: "torn" }
  /** All of it is there, and it is not what was written. */
  | { readonly kind: "broken" };

/** A text, which has no NUL, with the header that lets a reader know whether it is whole. */
export function frameOf(text: string): Buffer {
  const length = Buffer.byteLength(text, "utf8");
  const frame = Buffer.allocUnsafe(headerBytes + length);
  frame.write(text, headerBytes, "utf8");
  frame.writeUInt32LE(length, 0);
  frame.writeUInt32LE(crc32(frame.subarray(0, 4)), 4);
  frame.writeUInt32LE(crc32(frame.subarray(headerBytes)), 8);
  return frame;
}

/** Reads the frame at `at`; `bytes` reach beyond it, or to the end of the file. */
export function readFrame(bytes: Buffer, at: number): Frame {
  if (at + headerBytes > bytes.length) return { kind: "torn" };
  const length = bytes.readUInt32LE(at);
  if (bytes.readUInt32LE(at + 4) !== crc32(bytes.subarray(at, at + 4))) {
    return { kind: bytes.subarray(at, at + headerBytes).every((byte) => byte === 0) ? "torn" : "broken" };
  }
  if (length > payloadBytesMax) return { kind: "broken" };
  const endAt = at + headerBytes + length;
  if (endAt > bytes.length) return { kind: "torn" };
  const payload = bytes.subarray(at + headerBytes, endAt);
  if (bytes.readUInt32LE(at + 8) === crc32(payload)) return { kind: "whole", payload, endAt };
  const isUnwritten = payload.includes(unwritten) || (endAt === bytes.length && payload.at(-1) === 0);
  return { kind: isUnwritten ? "torn" : "broken" };
}

const usualPieceBytes = 4 * 1024 * 1024;

/** Frames one after the other, to `endAt`. Read in pieces: the journal of a year is larger than any buffer. */
export class FrameReader {
  /** Where the next frame begins. */
  at: number = journalMagic.length;
  readonly endAt: number;
  private readonly disk: JournalDisk;
  private readonly pieceBytes: number;
  private piece: Buffer = Buffer.alloc(0);
  private pieceAt = 0;

  constructor(disk: JournalDisk, endAt: number, pieceBytes = usualPieceBytes) {
    this.disk = disk;
    this.endAt = endAt;
    this.pieceBytes = pieceBytes;
  }

  /** The first bytes, by which a journal is known: fewer where the file ends before. */
  magic(): Buffer {
    return this.disk.readAt(0, Math.min(this.endAt, journalMagic.length));
  }

  /** The next frame, with where it ends in the file; null at the end. What is not whole is not passed. */
  next(): Frame | null {
    if (this.at >= this.endAt) return null;
    this.need(headerBytes);
    const length = this.left() < headerBytes ? 0 : this.piece.readUInt32LE(this.at - this.pieceAt);
    // With a byte beyond it: a frame at the end of the file is judged in another way.
    if (length <= payloadBytesMax) this.need(headerBytes + length + 1);
    const frame = readFrame(this.piece, this.at - this.pieceAt);
    if (frame.kind !== "whole") return frame;
    this.at = this.pieceAt + frame.endAt;
    return { ...frame, endAt: this.at };
  }

  /** All bytes from the next frame on. */
  rest(): Buffer {
    return this.disk.readAt(this.at, this.endAt - this.at);
  }

  private left(): number {
    return this.pieceAt + this.piece.length - this.at;
  }

  private need(bytes: number): void {
    const there = this.endAt - this.at;
    if (this.left() >= Math.min(bytes, there)) return;
    this.piece = this.disk.readAt(this.at, Math.min(there, Math.max(bytes, this.pieceBytes)));
    this.pieceAt = this.at;
  }
}
