import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { KiwiError } from "../../base/errors.ts";
import type { CredentialName, CredentialNeed, Credentials } from "../../ports/component.ts";
import type { SecretPlaces } from "./secret-place.ts";
import { openVault, vaultPassphrase } from "./vault-passphrase.ts";
import type { ProviderConfig } from "./config-schema.ts";

/**
 * Looks up the secrets of a provider, from where its configuration says they are, else from the usual variables.
 * Nothing is kept and nothing is printed. Throws `SECRET_MISSING` for a place that was named and holds nothing, and
 * for needs that are `isNeeded`.
 */
export async function lookUpCredentials(
  provider: string,
  needs: readonly CredentialNeed[],
  config: Pick<ProviderConfig, CredentialName>,
  places: SecretPlaces,
  isNeeded: boolean,
): Promise<Credentials> {
  const found: Partial<Record<CredentialName, string>> = {};
  for (const need of needs) {
    const value = await lookUp(provider, need, config[need.name], places);
    if (value !== null) found[need.name] = value;
    else if (isNeeded)
      throw missing(
        provider,
        need,
        `the environment variable ${need.env} is not set`,
        need.env,
        places.section,
      );
  }
  return found;
}

async function lookUp(
  provider: string,
  need: CredentialNeed,
  place: ProviderConfig[CredentialName],
  { folder, env, section }: SecretPlaces,
): Promise<string | null> {
  const refuse = (why: string, variable: string): KiwiError =>
    missing(provider, need, why, variable, section);
  if (place?.file !== undefined) {
    const text = await readFile(resolve(folder, place.file), "utf8").catch(
      (cause: NodeJS.ErrnoException) => cause,
    );
    if (typeof text !== "string")
      throw refuse(`${place.file} cannot be read (${text.code ?? text.message})`, need.env);
    if (text.trim() === "") throw refuse(`${place.file} is empty`, need.env);
    return text.trim();
  }
  if (place?.vault !== undefined) {
    const held = openVault(folder).get(place.vault, vaultPassphrase({ folder, env }));
    if (held !== null) return held;
    throw refuse(`the vault holds no ${place.vault}`, need.env);
  }
  const value = env[place?.env ?? need.env]?.trim() ?? "";
  if (value !== "") return value;
  if (place?.env === undefined) return null;
  throw refuse(`the environment variable ${place.env} is not set`, place.env);
}

function missing(
  provider: string,
  { what, name }: CredentialNeed,
  why: string,
  variable: string,
  section: SecretPlaces["section"] = "providers",
): KiwiError {
  const place = `"${name}": { "file": "PATH" }`;
  const sections = {
    providers: `"providers": { "${provider}": { ${place} } }`,
    broker: `"broker": { ${place} }`,
    modelSecrets: `"modelSecrets": { "${provider}": { ${place} } }`,
    channels: `"alerts": { "channels": { "${provider}": { ${place} } } }`,
  };
  return new KiwiError({
    code: "SECRET_MISSING",
    exit: "config",
    message: `${provider} needs ${what}`,
    why,
    // Models are asked beside strategies, where no variable with a secret is.
    fix:
      section === "modelSecrets"
        ? `name the place: ${sections.modelSecrets}`
        : `export ${variable}=...   (or name another place: ${sections[section]})`,
    topic: "secrets",
  });
}
