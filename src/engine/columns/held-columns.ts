import type { Column } from "./fold.ts";

/** Columns that come and go together: those of one fold, or one that is aligned. */
export type Held = {
  /** The expressions that were asked for among them. */
  readonly keys: string[];
  readonly outputs: readonly Column[];
  readonly bytes: number;
};

/** Columns that can be made again, in the order in which they were last used, so that memory for them has a bound. */
export class HeldColumns {
  private readonly held = new Map<string, Held>();
  private bytes = 0;

  hold(holder: string, outputs: readonly Column[], rows: number): void {
    const bytes = outputs.length * rows * Float64Array.BYTES_PER_ELEMENT;
    for (const output of outputs) output.holder = holder;
    this.held.set(holder, { keys: [], outputs, bytes });
    this.bytes += bytes;
  }

  /** Notes that the expression of this key is one of the columns. */
  name(holder: string, key: string): void {
    this.held.get(holder)!.keys.push(key);
  }

  use(holder: string): void {
    const one = this.held.get(holder)!;
    this.held.delete(holder);
    this.held.set(holder, one);
  }

  /** Takes out what was not used for longest, until the others are within so many bytes. */
  letGo(bytesMax: number): readonly (readonly [holder: string, held: Held])[] {
    const gone: [string, Held][] = [];
    for (const entry of this.held) {
      if (this.bytes <= bytesMax) break;
      gone.push(entry);
      this.bytes -= entry[1].bytes;
    }
    for (const [holder] of gone) this.held.delete(holder);
    return gone;
  }
}
