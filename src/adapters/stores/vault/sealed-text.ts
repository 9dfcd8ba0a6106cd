import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from "node:crypto";

/** How a key is made of a passphrase: RFC 7914 with the cost that OWASP names for interactive use. */
export type KeyMaking = { readonly n: number; readonly r: number; readonly p: number; readonly salt: string };

/** A text under AES-256-GCM (NIST SP 800-38D); every part in base64. */
export type Sealed = { readonly iv: string; readonly data: string; readonly tag: string };

const keyBytes = 32;
const saltBytes = 16;
const ivBytes = 12;
const memoryMax = 256 * 1024 * 1024;

/** A new way of making a key, with a salt of its own; `cost` doubles time and memory with every step. */
export function newKeyMaking(cost: number): KeyMaking {
  return { n: 2 ** cost, r: 8, p: 1, salt: randomBytes(saltBytes).toString("base64") };
}

/** The key of a passphrase. Takes a good tenth of a second and 128 MB, which is its purpose. */
export function keyOf(passphrase: string, { n, r, p, salt }: KeyMaking): Buffer {
  return scryptSync(passphrase.normalize("NFKC"), Buffer.from(salt, "base64"), keyBytes, {
    N: n,
    r,
    p,
    maxmem: memoryMax,
  });
}

/** Seals a text; `label` is not secret and cannot be exchanged: what is sealed as one thing does not open as another. */
export function seal(text: string, label: string, key: Buffer): Sealed {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(label));
  const data = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return {
    iv: iv.toString("base64"),
    data: data.toString("base64"),
    tag: cipher.getAuthTag().toString("base64"),
  };
}

/** Opens what was sealed; null where key, label or a single bit is another. */
export function unseal({ iv, data, tag }: Sealed, label: string, key: Buffer): string | null {
  try {
    const cipher = createDecipheriv("aes-256-gcm", key, Buffer.from(iv, "base64"), { authTagLength: 16 })
      .setAAD(Buffer.from(label))
      .setAuthTag(Buffer.from(tag, "base64"));
    return Buffer.concat([cipher.update(Buffer.from(data, "base64")), cipher.final()]).toString("utf8");
  } catch {
    return null;
  }
}
