import { framedText } from "../../base/framed-text.ts";

/** One field of a message; what is undefined is sent empty. */
export type Field = string | number | boolean | undefined;

/** Fields that stand together, so that what they are can be said beside them. */
export function group(...fields: readonly Field[]): readonly Field[] {
  return fields;
}

/** A message as it goes over the wire: its length in four bytes, then every field with a zero behind it. */
export function frame(fields: readonly Field[]): Buffer {
  return framedText(fields.map((field) => `${textOf(field)}\0`).join(""));
}

function textOf(field: Field): string {
  if (field === undefined) return "";
  return typeof field === "boolean" ? (field ? "1" : "0") : String(field);
}

/** The fields of a message, read one after the other: what is not there is empty. */
export class FieldReader {
  private readonly fields: readonly string[];
  private place = 0;

  constructor(text: string) {
    this.fields = text.split("\0").slice(0, -1);
  }

  text(): string {
    return this.fields[this.place++] ?? "";
  }

  /** NaN for what is empty or no number. */
  number(): number {
    const text = this.text();
    return text === "" ? Number.NaN : Number(text);
  }

  /** A whole number; 0 where nothing is said. */
  whole(): number {
    const value = this.number();
    return Number.isInteger(value) ? value : 0;
  }

  isTrue(): boolean {
    const text = this.text();
    return text === "1" || text.toLowerCase() === "true";
  }

  skip(count: number): void {
    this.place += count;
  }
}
