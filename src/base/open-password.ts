/** `postgres://user:password@host`, `redis://:password@host`, and a long key in the place of the user. */
const userInfo = /([a-z][a-z0-9+.-]*:\/\/)(?:([^\s/?#:@"']*):([^\s/?#"']+)|([\w-]{20,}))@/gi;
/** `https://host/path?apikey=...` */
const query =
  /([?&](?:[\w-]*(?:password|passwd|passphrase|token|secret|signature|api[_-]?key)|pwd)=)([^&\s#"']+)/gi;

const mask = "***";

/** Whether a text holds an address with a password in the open. */
export function hasOpenPassword(text: string): boolean {
  return withoutPasswords(text) !== text;
}

/** The text with `***` in the place of every password that stands in an address; masked twice it stays the same. */
export function withoutPasswords(text: string): string {
  if (!text.includes("://")) return text;
  return text
    .replace(userInfo, (_, scheme: string, user: string | undefined) =>
      user === undefined ? `${scheme}${mask}@` : `${scheme}${user}:${mask}@`,
    )
    .replace(query, (_, name: string) => `${name}${mask}`);
}
