import type { Quarantine, QuarantineEntry, QuarantineKind } from "./csv-reading.ts";

const examplesMax = 5;
const textMax = 160;

const fates: Readonly<Partial<Record<QuarantineKind, QuarantineEntry["fate"]>>> = {
  identical: "dropped",
  disorder: "kept",
};

/** An example whose text may still be missing. */
type Noted = { readonly line: number; text: string; readonly reason: string };

/** Counts the rows that were not used as they stand, and keeps the first few of every kind for people to see. */
export class QuarantineBook {
  private readonly counts = new Map<QuarantineKind, number>();
  private readonly examples = new Map<QuarantineKind, Noted[]>();

  /** Notes one row; the reason is asked for only where it is shown. `fillTexts` brings a text that is empty here. */
  add(kind: QuarantineKind, line: number, reason: () => string, text = ""): void {
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    if (count > examplesMax) return;
    const examples = this.examples.get(kind) ?? [];
    examples.push({ line, text: shorten(text), reason: reason() });
    this.examples.set(kind, examples);
  }

  /** Lines whose examples still lack their text. */
  linesWithoutText(): ReadonlySet<number> {
    const lines = new Set<number>();
    for (const examples of this.examples.values()) {
      for (const { line, text } of examples) if (text === "") lines.add(line);
    }
    return lines;
  }

  /** Gives examples their text, by line. */
  fillTexts(texts: ReadonlyMap<number, string>): void {
    for (const examples of this.examples.values()) {
      for (const example of examples) example.text ||= shorten(texts.get(example.line) ?? "");
    }
  }

  /** Everything noted so far, the most frequent kind first. */
  result(): Quarantine {
    const entries = [...this.counts].map(([kind, count]): QuarantineEntry => ({
      kind,
      fate: fates[kind] ?? "quarantined",
      count,
      examples: this.examples.get(kind) ?? [],
    }));
    let quarantined = 0;
    for (const { fate, count } of entries) if (fate === "quarantined") quarantined += count;
    return { quarantined, entries: entries.sort((a, b) => b.count - a.count) };
  }
}

function shorten(text: string): string {
  return text.length <= textMax ? text : `${text.slice(0, textMax)}...`;
}
