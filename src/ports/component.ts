import type { Prng } from "../base/prng.ts";
import type { Clock } from "./clock.ts";

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

/** What a plug-in that connects gets from outside: it asks neither the environment nor the clock itself. */
export type ConnectTools = {
  readonly clock: Clock;
  readonly prng: Prng;
  /** The secrets that it declares, and no others. */
  readonly credentials: Credentials;
  /** Relative paths start here. */
  readonly folder: string;
};

/** How a part is: `starting` counts as well until its grace is over, `degraded` works with less. */
export type Condition = "ok" | "starting" | "degraded" | "failed";

/** How a part is, and what was seen, for people; `fix` says what to do about it. */
export type ComponentHealth = {
  readonly condition: Condition;
  readonly detail: string;
  readonly fix?: string | undefined;
};

/** Where a part stands in its life. `off` is what a person has switched off, `failed` what did not open. */
export type ComponentState = "closed" | "opening" | "open" | "closing" | "off" | "failed";

/** A part that has a life, whatever it does: a source, a broker, a model, a channel, a store, a disk. */
export interface Component {
  readonly kind: string;
  readonly name: string;
  readonly state: ComponentState;
  /** What it knows of itself: it asks nobody and takes no time. */
  health(): ComponentHealth;
}

/** How to make a part live: what it is, what it stands on, and what to do with it. */
export type ComponentPart = {
  readonly kind: string;
  /** Tells those of a kind apart; the kind itself where there is one alone. */
  readonly name: string;
  /** Parts that must be open before this one, by id. */
  readonly needs?: readonly string[];
  /** Whether nothing works without it. */
  readonly isCritical?: boolean;
  /** Whether a person may switch it off and on while the others go on. */
  readonly isSwitchable?: boolean;
  /** Absent for a part that somebody else opens and closes, and that is only looked at. */
  readonly open?: () => Promise<void> | void;
  readonly close?: () => Promise<void> | void;
  /** Absent: it is well while it is open. */
  readonly health?: () => ComponentHealth;
};

/** A part as others see it. */
export type ComponentReport = ComponentHealth &
  Pick<Component, "kind" | "name" | "state"> & {
    readonly id: string;
    readonly isCritical: boolean;
    readonly isSwitchable: boolean;
    readonly needs: readonly string[];
  };

/** What a part is called: `channel mail`, `disk`. */
export function componentId({ kind, name }: Pick<Component, "kind" | "name">): string {
  return kind === name ? kind : `${kind} ${name}`;
}

/** The end of a life that every open plug-in may have: a model, a channel, a source. */
export interface Connected {
  /** Says how it is without asking anybody; absent: it is well while it is open. */
  health?(): ComponentHealth;
  /** Ends everything that it began. */
  close?(): Promise<void>;
}

/** Longer than this nobody waits for a part to close, where nothing else is said. */
export const closeMsMax = 5_000;

/** Something that is to be closed, and what people call it. */
export type Closing = { readonly name: string; readonly close: () => Promise<void> | void };

/** A close that went wrong. */
export type CloseFailure = { readonly name: string; readonly why: string };

/**
 * Closes what was opened in this order, the last one first, each when the one before has ended: what was opened later may
 * stand on what was opened earlier. One that fails, or takes longer than `msMax`, keeps no other from being closed; those are returned.
 */
export async function closeInReverse(
  opened: readonly Closing[],
  clock: Clock,
  msMax: number,
): Promise<readonly CloseFailure[]> {
  const failures: CloseFailure[] = [];
  for (const { name, close } of opened.toReversed()) {
    let cancel = (): void => {};
    const late = new Promise<string>((resolve) => {
      cancel = clock.schedule(msMax, () => resolve(`it did not close within ${Math.round(msMax / 1000)} s`));
    });
    const closed = (async () => close())().then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    const why = await Promise.race([closed, late]);
    cancel();
    if (why !== null) failures.push({ name, why });
  }
  return failures;
}
