/** The names under which a configuration says where a secret is. */
export const credentialNames = ["key", "secret", "token", "password"] as const;
export type CredentialName = (typeof credentialNames)[number];

/** One secret that a source may need. */
export type CredentialNeed = {
  readonly name: CredentialName;
  /** For people: `an API key id`. */
  readonly what: string;
  /** The environment variable that is looked at when the configuration names no place. */
  readonly env: string;
};

/** Secrets by name; those that nobody has are missing. */
export type Credentials = Readonly<Partial<Record<CredentialName, string>>>;
