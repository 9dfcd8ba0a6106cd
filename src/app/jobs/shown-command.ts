import { withoutPasswords } from "../../base/open-password.ts";

/** A command as it can be typed again. */
export function shownCommand(command: readonly string[]): string {
  const words = command
    .map(withoutPasswords)
    .map((word) => (/^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`));
  return ["kiwi", ...words].join(" ");
}
