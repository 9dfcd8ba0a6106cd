import { formatTime } from "../../base/time.ts";
import type { AlertMessage } from "../../ports/alert-channel.ts";

const marks = { info: "INFO", warning: "WARNING", critical: "CRITICAL" } as const;

/** The first line of a message: how grave, who, what, how often. */
export function subjectOf({ severity, sender, title, count }: AlertMessage): string {
  const times = count > 1 ? ` (${count} times)` : "";
  // A title comes from outside too: it must not begin a header or a line of its own.
  return `${marks[severity]} ${sender}: ${title}${times}`.replaceAll(/\p{Cc}+/gu, " ").slice(0, 200);
}

/** What stands below it. */
export function bodyOf({ text, atMs, id }: AlertMessage): string {
  const ack = id === "" ? "" : `\nTo take it on: kiwi alerts ack ${id}`;
  return `${text}\n${formatTime(atMs)}${ack}`;
}
