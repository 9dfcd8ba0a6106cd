import { sha256 } from "../base/hash.ts";

/** The name of an account as a file name: one that every disk takes, and no two accounts share. */
export function accountSlug(account: string): string {
  const plain = account.toLowerCase().replaceAll(/[^a-z0-9_-]/g, "-");
  return plain === account ? plain : `${plain.slice(0, 60)}-${sha256(account).slice(0, 8)}`;
}
