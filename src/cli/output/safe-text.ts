import { withoutPasswords } from "../../base/open-password.ts";

/**
 * Control characters, C1 included, and marks that turn the direction of writing; but for line end and tab. A carriage
 * return before a line end does nothing.
 */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const unsafe = /\r(?!\n)|[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;
/** The colours that Kiwi itself paints with. */
// oxlint-disable-next-line no-control-regex -- a colour begins with one
const ownColor = /^\u001B\[(?:0|1|2|1;33)m/;

/**
 * A text as it may reach a terminal: names, messages and prints come from files and programs of strangers, and an escape
 * sequence in them could move the cursor, set the title or type for you. They are shown as `\u001b`, which JSON reads
 * back as what it was. Passwords in addresses are masked.
 */
export function safeText(text: string): string {
  const masked = withoutPasswords(text);
  return masked.replace(unsafe, (found, at: number) =>
    found === "\u001B" && ownColor.test(masked.slice(at, at + 8)) ? found : escaped(found),
  );
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
