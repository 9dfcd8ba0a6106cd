import { openVault, vaultPassphrase } from "../../../app/config/vault-passphrase.ts";
import { KiwiError } from "../../../base/errors.ts";
import type { CommonFlags } from "../../declare/common-flags.ts";
import { envelope } from "../../output/json.ts";
import type { Shell } from "../../shell.ts";

/** `kiwi secrets set`: a secret is typed or piped in, never an argument: those stand in histories and process lists. */
export async function secretsSetCommand(shell: Shell, name: string, flags: CommonFlags): Promise<number> {
  const passphrase = vaultPassphrase(shell);
  if (shell.isInteractive) shell.err(`the secret ${name}, then Enter (it is not shown):`);
  const text = (await shell.readInput()).trim();
  if (text === "") throw nothingGiven(name);
  openVault(shell.folder).set(name, text, passphrase);
  shell.out(
    flags.json === true
      ? envelope("secrets-set@1", { name })
      : `${name} is kept; use it in kiwi.config.jsonc as { "vault": "${name}" }`,
  );
  return 0;
}

/** `kiwi secrets list`: names alone, which need no passphrase. */
export function secretsListCommand(shell: Shell, flags: CommonFlags): number {
  const names = openVault(shell.folder).names();
  if (flags.json === true) shell.out(envelope("secrets-list@1", { names }));
  else shell.out(names.length === 0 ? "the vault holds no secrets" : names.join("\n"));
  return 0;
}

/** `kiwi secrets test`: whether they open, without showing them. */
export function secretsTestCommand(shell: Shell, name: string | undefined, flags: CommonFlags): number {
  const vault = openVault(shell.folder);
  const names = name === undefined ? vault.names() : [name];
  const passphrase = vaultPassphrase(shell);
  const found = names.map((one) => ({
    name: one,
    length: lengthOf(vault.get(one, passphrase), one, vault.names()),
  }));
  if (flags.json === true) shell.out(envelope("secrets-test@1", { secrets: found }));
  else for (const { name: one, length } of found) shell.out(`${one}  opens, ${length} characters`);
  return 0;
}

/** `kiwi secrets rm`. */
export function secretsRemoveCommand(shell: Shell, name: string, flags: CommonFlags): number {
  const vault = openVault(shell.folder);
  if (!vault.remove(name)) throw unknownSecret(name, vault.names());
  shell.out(flags.json === true ? envelope("secrets-rm@1", { name }) : `${name} is gone from the vault`);
  return 0;
}

function lengthOf(text: string | null, name: string, known: readonly string[]): number {
  if (text === null) throw unknownSecret(name, known);
  return text.length;
}

function nothingGiven(name: string): KiwiError {
  return new KiwiError({
    code: "SECRET_EMPTY",
    exit: "usage",
    message: `no secret was given for ${name}`,
    why: "it is read from standard input, which was empty",
    fix: `kiwi secrets set ${name} < FILE   (or type it when asked)`,
    topic: "secrets",
  });
}

function unknownSecret(name: string, known: readonly string[]): KiwiError {
  return new KiwiError({
    code: "SECRET_UNKNOWN",
    exit: "usage",
    message: `the vault holds no ${name}`,
    why: known.length === 0 ? "it is empty" : `it holds ${known.join(", ")}`,
    fix: `kiwi secrets set ${name}`,
    topic: "secrets",
  });
}
