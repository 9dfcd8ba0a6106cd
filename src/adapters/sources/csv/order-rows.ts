import { formatTime } from "../../../base/time.ts";
import type { QuarantineBook } from "./quarantine.ts";
import type { RowTable } from "./row-table.ts";

/** Puts rows into the order of time and takes duplicates out; says whether the whole file ran backward. */
export function orderRows(table: RowTable, book: QuarantineBook): { isNewestFirst: boolean } {
  const { ups, downs } = countSteps(table.stampMs, table.length);
  const isNewestFirst = downs > 0 && ups === 0;
  if (downs > 0) {
    if (!isNewestFirst) noteDisorder(table, book);
    table.reorder(orderOf(table));
  }
  dropDuplicates(table, book);
  return { isNewestFirst };
}

function countSteps(stampMs: Float64Array, length: number): { ups: number; downs: number } {
  let ups = 0;
  let downs = 0;
  for (let row = 1; row < length; row++) {
    const step = stampMs[row]! - stampMs[row - 1]!;
    if (step > 0) ups += 1;
    else if (step < 0) downs += 1;
  }
  return { ups, downs };
}

function noteDisorder(table: RowTable, book: QuarantineBook): void {
  let latestMs = -Infinity;
  for (let row = 0; row < table.length; row++) {
    const stampMs = table.stampMs[row]!;
    if (stampMs < latestMs) {
      const beforeMs = latestMs;
      book.add(
        "disorder",
        table.line[row]!,
        () => `${formatTime(stampMs)} comes after ${formatTime(beforeMs)}`,
      );
    } else latestMs = stampMs;
  }
}

/** Row numbers by time, and in file order where times are equal. */
function orderOf(table: RowTable): Uint32Array {
  const { stampMs } = table;
  const order = new Uint32Array(table.length);
  for (let row = 0; row < order.length; row++) order[row] = row;
  return order.sort((a, b) => stampMs[a]! - stampMs[b]! || a - b);
}

/** Of rows with one time the first in the file stays; a later one is a copy of it or contradicts it. */
function dropDuplicates(table: RowTable, book: QuarantineBook): void {
  let kept = 0;
  for (let row = 1; row < table.length; row++) {
    if (table.stampMs[row] !== table.stampMs[kept]) {
      kept += 1;
      if (kept !== row) table.copyRow(row, kept);
      continue;
    }
    const { line } = table;
    const first = `line ${line[kept]!}`;
    const timeMs = table.stampMs[row]!;
    if (areEqual(table, row, kept)) book.add("identical", line[row]!, () => `a copy of ${first}`);
    else book.add("duplicate", line[row]!, () => `${first} has other values for ${formatTime(timeMs)}`);
  }
  if (table.length > 0) table.length = kept + 1;
}

function areEqual(table: RowTable, a: number, b: number): boolean {
  const { open, high, low, close, volume } = table;
  return [open, high, low, close, volume].every((column) => column[a] === column[b]);
}
