/**
 * A path or a name as it is typed into a shell: as it is where that is one word, else in quotes. What an error tells somebody to type
 * goes through it: `rm /data/my prices/X.csv` would remove two other things.
 */
export function shellWord(text: string): string {
  return /^[\p{L}\p{N}_@%+=:,./-][\p{L}\p{N}_@%+=:,./~-]*$/u.test(text)
    ? text
    : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
