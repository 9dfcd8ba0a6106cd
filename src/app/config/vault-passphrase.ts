import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Vault } from "../../adapters/stores/vault/vault.ts";
import { KiwiError } from "../../base/errors.ts";
import type { SecretPlaces } from "./secret-place.ts";

/** The vault of a project. */
export function openVault(folder: string): Vault {
  return new Vault(join(folder, ".kiwi", "secrets.vault"));
}

/** What opens the vault, from the environment or a file that it names. Throws `SECRET_MISSING`. */
export function vaultPassphrase({ folder, env }: SecretPlaces): string {
  const file = env["KIWI_VAULT_PASSPHRASE_FILE"] ?? "";
  const given = file === "" ? env["KIWI_VAULT_PASSPHRASE"] : firstLineOf(resolve(folder, file), file);
  if (given !== undefined && given !== "") return given;
  throw noPassphrase(
    "KIWI_VAULT_PASSPHRASE is not set, and KIWI_VAULT_PASSPHRASE_FILE names no file with one",
  );
}

function firstLineOf(path: string, shown: string): string {
  try {
    return readFileSync(path, "utf8").split(/\r?\n/)[0]!;
  } catch (cause) {
    throw noPassphrase(`${shown} cannot be read (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`);
  }
}

function noPassphrase(why: string): KiwiError {
  return new KiwiError({
    code: "SECRET_MISSING",
    exit: "config",
    message: "the vault needs its passphrase",
    why,
    fix: "export KIWI_VAULT_PASSPHRASE_FILE=PATH   (a file that only you can read; its first line is the passphrase)",
    topic: "secrets",
  });
}
