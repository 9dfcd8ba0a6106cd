import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson, sha256 } from "../../base/hash.ts";
import type { Reset } from "./pull.ts";

/** What a reset says before it is signed. */
export type UnsignedReset = Omit<Reset, "key" | "signature">;

/**
 * Makes a pair of keys: the public one is kept in `folder` and tells a true reset from a forged one, the secret one is
 * written to `secretPath`, readable by its owner alone. Returns the name of the pair. Throws when either file exists.
 */
export function makeAuthority(folder: string, secretPath: string): string {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const name = nameOf(publicKey);
  const secret = privateKey.export({ type: "pkcs8", format: "pem" });
  writeFileSync(secretPath, secret, { mode: 0o600, flag: "wx" });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, `${name}.pem`), publicKey.export({ type: "spki", format: "pem" }), {
    flag: "wx",
  });
  return name;
}

/** Signs a reset with the secret key in a file. */
export function signReset(reset: UnsignedReset, secretPath: string): Reset {
  const secret = createPrivateKey(readFileSync(secretPath));
  const key = nameOf(createPublicKey(secret));
  const signature = sign(null, Buffer.from(canonicalJson({ ...reset, key })), secret).toString("base64");
  return { ...reset, key, signature };
}

/** Whether a reset was signed by one of the keys in `folder`. */
export function isAuthorised({ signature, ...reset }: Reset, folder: string): boolean {
  if (!/^[0-9a-f]{16}$/.test(reset.key)) return false;
  try {
    const key = createPublicKey(readFileSync(join(folder, `${reset.key}.pem`)));
    const said = Buffer.from(canonicalJson(reset));
    return nameOf(key) === reset.key && verify(null, said, key, Buffer.from(signature, "base64"));
  } catch {
    return false;
  }
}

function nameOf(key: KeyObject): string {
  return sha256(key.export({ type: "spki", format: "der" })).slice(0, 16);
}
