import { hasOpenPassword } from "../../base/open-password.ts";

/** A secret that stands in the open. The secret itself is nowhere in it. */
export type FoundSecret = {
  readonly path: string;
  readonly line: number;
  /** What it looks like. */
  readonly what: string;
};

/** Keys whose form gives them away, each in the words of who gave it out. */
const forms: readonly (readonly [what: string, form: RegExp])[] = [
  ["a private key", /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/],
  // Before Alpaca's, which begin alike.
  ["a key of Amazon", /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["a key of Alpaca", /\b[PA]K[A-Z0-9]{18}\b/],
  ["a token of GitHub", /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})\b/],
  ["a token of Slack", /\bxox[abprs]-[A-Za-z0-9-]{20,}\b/],
  ["a webhook of Slack", /hooks\.slack\.com\/services\/T[A-Z0-9]{6,}\/B[A-Z0-9]{6,}\/[A-Za-z0-9]{20,}/],
  ["a webhook of Discord", /discord(?:app)?\.com\/api\/webhooks\/\d{15,}\/[\w-]{40,}/],
  ["a token of a Telegram bot", /\b\d{8,10}:AA[\w-]{33}(?![\w-])/],
  ["a token of npm", /\bnpm_[A-Za-z0-9]{36}\b/],
  ["a key of a service", /\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{20,}\b|\bsk-[A-Za-z0-9_-]{32,}\b/],
];
/** `apiSecret: "..."`, `export BYBIT_SECRET=...`: a name that says so, and a value. */
const assignment =
  /\b([\w-]*(?:secret|passw(?:or)?d|passphrase|token|api[_-]?key|private[_-]?key)[\w-]*)["']?\s*[:=]\s*["'`]?([A-Za-z0-9+/_=.-]{16,})/gi;
const addresses = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'`<>)\]]+/gi;
/** Bits a character below which a text is a word and not a key: hexadecimal has at most 4, random letters about 5. */
const entropyMin = 3.2;
/** Whoever has looked at a line says so in it. */
const seen = "not-a-secret";

/** Says where in a text secrets stand. Lines that hold `not-a-secret`, or follow one that is a comment of it, are passed over. */
export function findSecrets(path: string, text: string): readonly FoundSecret[] {
  const found: FoundSecret[] = [];
  let before = "";
  for (const [k, line] of text.split("\n").entries()) {
    const what = before.includes(seen) || line.includes(seen) ? null : secretIn(line);
    if (what !== null) found.push({ path, line: k + 1, what });
    before = line;
  }
  return found;
}

function secretIn(line: string): string | null {
  if (line.length > 5_000) return forms.find(([, form]) => form.test(line))?.[0] ?? null;
  for (const [what, form] of forms) if (form.test(line)) return what;
  for (const [, name, value] of line.matchAll(assignment))
    if (looksRandom(value!)) return `the value of ${name!}`;
  for (const [address] of line.matchAll(addresses))
    if (hasRealPassword(address)) return "a password in an address";
  return null;
}

function looksRandom(value: string): boolean {
  return /\d/.test(value) && /[A-Za-z]/.test(value) && entropyOf(value) >= entropyMin;
}

/** What stands for a password in documents is none. */
function hasRealPassword(address: string): boolean {
  if (!hasOpenPassword(address)) return false;
  const { password = "", search = "" } = URL.parse(address) ?? {};
  const inQuery = search.split("=").at(-1) ?? "";
  const said = password === "" ? inQuery : password;
  return !/^(?:\*+|x+|pass(?:word)?|secret|%24|\$|<|\{|\.\.\.)/i.test(said);
}

/** Shannon's entropy of the characters of a text, in bits a character. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return -[...counts.values()].reduce((sum, count) => {
    const share = count / text.length;
    return sum + share * Math.log2(share);
  }, 0);
}

/** Files that hold secrets by what they are, whatever stands in them; null where a name says nothing. */
export function secretFile(path: string): string | null {
  const name = path.split("/").at(-1)!;
  if (/^\.env(?:\..+)?$/.test(name) && !/\.(?:example|sample|template)$/.test(name))
    return "a file of settings with secrets";
  if (/^id_(?:rsa|dsa|ecdsa|ed25519)$|\.(?:p12|pfx|keystore)$/.test(name)) return "a file of keys";
  return null;
}
