import { join } from "node:path";
import { openState, type StateDatabase } from "../../adapters/stores/state/state-database.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import { lookUpCredentials } from "../config/secrets.ts";
import type { SecretPlaces } from "../config/secret-place.ts";
import { updateState, type OnSession, type Updated } from "./update-state.ts";

/** Whose state it is: the folder of accounts and sessions, the configuration, and where secrets are looked up. */
export type StateOwner = {
  readonly home: string;
  readonly config: Pick<KiwiConfig, "state">;
  readonly places: SecretPlaces;
};

/** The state database of somebody: `state.sqlite` beside the sessions, or the server that the configuration names. */
export async function openOwnState({ home, config, places }: StateOwner): Promise<StateDatabase> {
  const place = config.state.database;
  if (place === undefined) return openState(join(home, "state.sqlite"));
  const need = {
    name: "password",
    env: "KIWI_STATE",
    what: "the connection string of the state database",
  } as const;
  const found = await lookUpCredentials("the state database", [need], { password: place }, places, true);
  return openState(found.password!);
}

/** Opens the state database with its tables ready, and closes it when the work is done. */
export async function withOwnState<T>(
  owner: StateOwner,
  work: (state: StateDatabase) => Promise<T>,
): Promise<T> {
  const state = await openOwnState(owner);
  try {
    await state.prepare();
    return await work(state);
  } finally {
    await state.close();
  }
}

/** Brings the tables of an older Kiwi up to this one; tells the names of the changes. */
export async function migrateOwnState(
  owner: StateOwner,
): Promise<{ readonly database: string; readonly changes: readonly string[] }> {
  const state = await openOwnState(owner);
  try {
    return { database: state.name, changes: await state.migrate() };
  } finally {
    await state.close();
  }
}

/** Brings the tables up to what the journals say; all rows anew with `isWhole`. */
export async function updateOwnState(
  owner: StateOwner,
  isWhole: boolean,
  onSession?: OnSession,
): Promise<{ readonly database: string; readonly sessions: readonly Updated[] }> {
  return withOwnState(owner, async (state) => ({
    database: state.name,
    sessions: await updateState(owner.home, state, isWhole, onSession),
  }));
}
