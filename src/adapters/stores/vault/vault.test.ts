import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { KiwiError } from "../../../base/errors.ts";
import { Vault } from "./vault.ts";

const folder = mkdtempSync(join(tmpdir(), "kiwi-vault-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string) => join(folder, name, "secrets.vault");
/** Cheap keys: what is tried here does not hang on how dear they are. */
const vaultAt = (file: string) => new Vault(file, 14);

function codeOf(act: () => unknown): string {
  try {
    act();
    return "none";
  } catch (error) {
    return error instanceof KiwiError ? error.parts.code : String(error);
  }
}

test("a secret comes back under its passphrase and under no other, and its file says nothing", () => {
  const file = path("first");
  const vault = vaultAt(file);
  expect(vault.names()).toEqual([]);
  expect(vault.get("bybit-key", "x")).toBeNull();
  vault.set("bybit-key", "pässword 🔑", "correct horse");
  vault.set("alpaca-key", "AKIA", "correct horse");
  expect(vault.names()).toEqual(["alpaca-key", "bybit-key"]);
  expect(vaultAt(file).get("bybit-key", "correct horse")).toBe("pässword 🔑");
  expect(codeOf(() => vault.get("bybit-key", "wrong horse"))).toBe("VAULT_LOCKED");
  expect(codeOf(() => vault.set("third", "x", "wrong horse"))).toBe("VAULT_LOCKED");
  const text = readFileSync(file, "utf8");
  for (const secret of ["pässword", "AKIA", "horse", Buffer.from("AKIA").toString("base64")])
    expect(text).not.toContain(secret);
  if (process.platform !== "win32") expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("sealing the same twice shows nothing of it, and a passphrase is the same however it is composed", () => {
  const file = path("twice");
  const vault = vaultAt(file);
  vault.set("one", "same", "caf\u00e9");
  vault.set("two", "same", "cafe\u0301");
  const { secrets } = JSON.parse(readFileSync(file, "utf8")) as {
    secrets: Record<string, { data: string; iv: string }>;
  };
  expect(secrets["one"]!.data).not.toBe(secrets["two"]!.data);
  expect(secrets["one"]!.iv).not.toBe(secrets["two"]!.iv);
  vault.set("one", "other", "café");
  expect(vault.get("one", "café")).toBe("other");
});

test("a flipped bit, an exchanged secret and a foreign file are damage and not a secret", () => {
  const file = path("damaged");
  const vault = vaultAt(file);
  vault.set("one", "first secret", "p");
  vault.set("two", "second secret", "p");
  type Held = { secrets: Record<string, { data: string }>; key: { n: number } };
  const held = JSON.parse(readFileSync(file, "utf8")) as Held;
  const change = (next: (copy: Held) => void): string => {
    const copy = structuredClone(held);
    next(copy);
    writeFileSync(file, JSON.stringify(copy));
    return codeOf(() => vault.get("one", "p"));
  };
  expect(change((copy) => (copy.secrets["one"] = copy.secrets["two"]!))).toBe("VAULT_DAMAGED");
  const bytes = Buffer.from(held.secrets["one"]!.data, "base64");
  for (let bit = 0; bit < 8; bit++) {
    const flipped = Buffer.from(bytes);
    flipped[0]! ^= 1 << bit;
    expect(change((copy) => (copy.secrets["one"]!.data = flipped.toString("base64")))).toBe("VAULT_DAMAGED");
  }
  // A file that asks for more memory than anybody has must not get it.
  expect(change((copy) => (copy.key.n = 2 ** 30))).toBe("VAULT_DAMAGED");
  writeFileSync(file, "not json");
  expect(codeOf(() => vault.names())).toBe("VAULT_DAMAGED");
});

test("what is taken out is gone, and a name that cannot be one is refused", () => {
  const vault = vaultAt(path("removed"));
  vault.set("one", "x", "p");
  expect(vault.remove("two")).toBe(false);
  expect(vault.remove("constructor")).toBe(false);
  expect(vault.remove("one")).toBe(true);
  expect(vault.get("one", "p")).toBeNull();
  for (const name of ["", "../x", "a b", "-x", "x".repeat(65)])
    expect(codeOf(() => vault.set(name, "x", "p"))).toBe("SECRET_NAME_INVALID");
});
