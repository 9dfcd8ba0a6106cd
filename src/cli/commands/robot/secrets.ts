import { resolve } from "node:path";
import { scanFolder, scanHistory } from "../../../app/secrets/scan-folder.ts";
import { openVault, vaultPassphrase } from "../../../app/config/vault-passphrase.ts";
import { exitCodes, KiwiError } from "../../../base/errors.ts";
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

/** `kiwi secrets scan`: whether secrets stand in files of a folder, or in what was ever committed there. Exit 5 where they do. */
export async function secretsScanCommand(
  shell: Shell,
  folder: string | undefined,
  flags: CommonFlags & { readonly history?: true },
): Promise<number> {
  const root = resolve(shell.folder, folder ?? ".");
  const now = scanFolder(root);
  const past = flags.history === true ? await scanHistory(root) : { files: 0, found: [] };
  const found = [...now.found, ...past.found];
  const isClean = found.length === 0;
  if (flags.json === true)
    shell.out(envelope("secrets-scan@1", { files: now.files, versions: past.files, found }, isClean));
  else {
    for (const { path, line, what } of found) shell.out(`${path}:${line}  ${what}`);
    const versions = flags.history === true ? ` and ${past.files} committed versions` : "";
    shell.out(
      `${now.files} files${versions} looked through: ${isClean ? "no secret stands in them" : `${found.length} secrets`}`,
    );
    if (!isClean)
      shell.out(
        "change them where they were given out: what was committed is known.   kiwi secrets set NAME   keeps the new ones\n" +
          "a line that is no secret says   not-a-secret   in it or in the line before",
      );
  }
  return isClean ? exitCodes.ok : exitCodes.check;
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
