import { hasOpenPassword } from "../../base/open-password.ts";
import { looksLikeSecret } from "./config-secrets.ts";
import { credentialNames } from "../../ports/component.ts";
import type { ProviderConfig } from "./config-schema.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Providers of a configuration, by name. */
type Providers = Readonly<Record<string, Pick<ProviderConfig, (typeof credentialNames)[number]>>>;

/**
 * The environment for a thread or process that runs a person's strategy, which needs no key: without everything that
 * looks like a secret, and without the variables that `providers` name as places of one.
 */
export function environmentWithoutSecrets(
  environment: Environment,
  providers: Providers = {},
): Record<string, string> {
  const named = new Set(
    Object.values(providers).flatMap((provider) => credentialNames.map((name) => provider[name]?.env)),
  );
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || named.has(name)) continue;
    if (!looksLikeSecret(name, value) && !hasOpenPassword(value)) kept[name] = value;
  }
  return kept;
}
