import type { JournalDisk } from "../../../src/adapters/stores/journal/journal-disk.ts";
import type { Prng } from "../../../src/base/prng.ts";

/** How a disk behaves from now on. A full one takes a part of what is written; a failing one cannot promise anything. */
export type DiskState = "healthy" | "full" | "failing";

/** One file on a disk that forgets, at a crash, what was not synced; of that a part may have got there, even half a record. */
export class MemoryDisk implements JournalDisk {
  readonly path = "memory";
  state: DiskState = "healthy";
  /** Whether it has refused something since the last crash. */
  hasFailed = false;
  /** How often a torn record was cut off. */
  cuts = 0;
  private bytes = Buffer.alloc(1 << 14);
  private length = 0;
  private syncedLength = 0;
  private readonly prng: Prng;

  constructor(prng: Prng) {
    this.prng = prng;
  }

  /** Throws ENOSPC when there is no room, after a part of the bytes was taken. */
  append(bytes: Uint8Array): void {
    const isFull = this.state === "full";
    const taken = isFull ? this.prng.integer(bytes.length) : bytes.length;
    while (this.length + taken > this.bytes.length) this.bytes = Buffer.concat([this.bytes, this.bytes]);
    this.bytes.set(taken === bytes.length ? bytes : bytes.subarray(0, taken), this.length);
    this.length += taken;
    if (isFull) this.fail("ENOSPC", "no space left on device");
  }

  /** Throws EIO when the disk fails: nobody knows then what is on it. */
  sync(): void {
    if (this.state === "failing") this.fail("EIO", "input/output error");
    this.syncedLength = this.length;
  }

  syncNew(): void {
    this.sync();
  }

  /** Everything written, synced or not: what the process that wrote it reads back. */
  readAt(at: number, length: number): Buffer {
    return this.bytes.subarray(at, Math.min(at + length, this.length));
  }

  size(): number {
    return this.length;
  }

  /** What a crash at this moment would leave for sure. */
  durable(): Buffer {
    return this.bytes.subarray(0, this.syncedLength);
  }

  cutOff(at: number): void {
    this.length = at;
    this.syncedLength = at;
    this.cuts += 1;
  }

  open(): void {}
  close(): void {}

  /** The machine goes down. Returns whether a record was torn. */
  crash(): boolean {
    const loose = this.length - this.syncedLength;
    const kept = loose === 0 ? 0 : this.prng.integer(loose + 1);
    this.length = this.syncedLength + kept;
    this.syncedLength = this.length;
    this.state = "healthy";
    this.hasFailed = false;
    return kept > 0 && kept < loose;
  }

  /** Another file takes its place, where the disk is well. */
  renew(): void {
    this.length = 0;
    this.syncedLength = 0;
    this.state = "healthy";
    this.hasFailed = false;
  }

  private fail(code: string, message: string): never {
    this.hasFailed = true;
    throw Object.assign(new Error(`${code}: ${message}`), { code });
  }
}
