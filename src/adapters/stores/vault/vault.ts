import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { KiwiError } from "../../../base/errors.ts";
import { writeWhole } from "../runs/write-whole.ts";
import { keyOf, newKeyMaking, seal, unseal, type KeyMaking, type Sealed } from "./sealed-text.ts";

const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);
const sealed = z.strictObject({ iv: base64, data: base64, tag: base64 });
const document = z.strictObject({
  schema: z.literal("vault@1"),
  // What a file asks for is not more than a machine gives.
  key: z.strictObject({
    n: z
      .int()
      .min(2 ** 14)
      .max(2 ** 17),
    r: z.int().min(8).max(8),
    p: z.int().min(1).max(4),
    salt: base64,
  }),
  /** Sealed with the key alone: a wrong passphrase is told from a damaged secret. */
  check: sealed,
  secrets: z.record(z.string(), sealed),
});
type Document = {
  readonly key: KeyMaking;
  readonly check: Sealed;
  readonly secrets: Readonly<Record<string, Sealed>>;
};

const checkLabel = "kiwi vault";
const namePattern = /^[a-z0-9][a-z0-9_.-]{0,63}$/i;

/**
 * Secrets in one file, each sealed under a key that a passphrase makes. Names can be read without it, values cannot.
 * Methods throw `VAULT_LOCKED` for a wrong passphrase, `VAULT_DAMAGED`, `SECRET_NAME_INVALID`, and what writing throws.
 */
export class Vault {
  private readonly path: string;
  private readonly cost: number;

  constructor(path: string, cost = 17) {
    this.path = path;
    this.cost = cost;
  }

  /** The names that it holds, sorted; none where there is no vault. */
  names(): readonly string[] {
    return Object.keys(this.read()?.secrets ?? {}).sort();
  }

  /** A secret; null where it holds none of that name. */
  get(name: string, passphrase: string): string | null {
    const held = this.read();
    const one = held === null || !Object.hasOwn(held.secrets, name) ? undefined : held.secrets[name];
    if (held === null || one === undefined) return null;
    const text = unseal(one, labelOf(name), this.keyFor(held, passphrase));
    if (text === null) throw damaged(this.path, `the secret ${name} was changed`);
    return text;
  }

  /** Keeps a secret under a name, instead of what was there. The first one makes the vault. */
  set(name: string, text: string, passphrase: string): void {
    if (!namePattern.test(name)) throw invalidName(name);
    const held = this.read();
    const making = held?.key ?? newKeyMaking(this.cost);
    const key = held === null ? keyOf(passphrase, making) : this.keyFor(held, passphrase);
    this.write({
      key: making,
      check: held?.check ?? seal("", checkLabel, key),
      secrets: { ...held?.secrets, [name]: seal(text, labelOf(name), key) },
    });
  }

  /** Takes a secret out; false where it holds none of that name. Needs no passphrase: it tells nothing. */
  remove(name: string): boolean {
    const held = this.read();
    if (held === null || !Object.hasOwn(held.secrets, name)) return false;
    const { [name]: _, ...rest } = held.secrets;
    this.write({ ...held, secrets: rest });
    return true;
  }

  private keyFor(held: Document, passphrase: string): Buffer {
    const key = keyOf(passphrase, held.key);
    if (unseal(held.check, checkLabel, key) === null) throw locked(this.path);
    return key;
  }

  private read(): Document | null {
    if (!existsSync(this.path)) return null;
    try {
      return document.parse(JSON.parse(readFileSync(this.path, "utf8")));
    } catch (cause) {
      throw damaged(
        this.path,
        cause instanceof SyntaxError ? "it is not JSON" : "it is not a vault of Kiwi",
        cause,
      );
    }
  }

  private write(held: Document): void {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    writeWhole(this.path, `${JSON.stringify({ schema: "vault@1", ...held }, null, 2)}\n`);
    chmodSync(this.path, 0o600);
  }
}

const labelOf = (name: string): string => `secret ${name}`;

function locked(path: string): KiwiError {
  return new KiwiError({
    code: "VAULT_LOCKED",
    exit: "config",
    message: `the vault ${path} does not open`,
    why: "the passphrase is another one",
    fix: "export KIWI_VAULT_PASSPHRASE=...   (or name a file with it: KIWI_VAULT_PASSPHRASE_FILE)",
    topic: "secrets",
  });
}

function damaged(path: string, why: string, cause?: unknown): KiwiError {
  return new KiwiError(
    {
      code: "VAULT_DAMAGED",
      exit: "data",
      message: `the vault ${path} cannot be read`,
      why,
      fix: "restore it from a backup, or set it aside and enter the secrets again: kiwi secrets set NAME",
      topic: "secrets",
    },
    { cause },
  );
}

function invalidName(name: string): KiwiError {
  return new KiwiError({
    code: "SECRET_NAME_INVALID",
    exit: "usage",
    message: `a secret cannot be called "${name}"`,
    why: "a name has up to 64 letters, digits, dots, hyphens and underscores, and begins with a letter or digit",
    fix: "kiwi secrets set bybit-key",
    topic: "secrets",
  });
}
