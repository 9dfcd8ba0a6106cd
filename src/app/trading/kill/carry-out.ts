import { accountStates, isCarriedOut, waitForRobot, type AccountState } from "./kill-accounts.ts";

/** A robot looks once a second; one that has not begun by then is taken for wedged. */
const robotMsMax = 15_000;

/** Waits until the robot has done at the venue what its switch says, and does it from here where none does. */
export async function carryOut(
  home: string,
  { account }: AccountState,
  env: Readonly<Record<string, string | undefined>>,
  say: (line: string) => void,
): Promise<AccountState> {
  const waited = await waitForRobot(home, account, Date.now() + robotMsMax);
  if (isCarriedOut(waited) || waited.record === null) return waited;
  if (waited.holder !== null) say(`${account}: the robot does not answer; doing it from here`);
  const { closeFromHere } = await import("./close-from-here.ts");
  await closeFromHere(home, waited.record, env, (line) => say(`${account}: ${line}`));
  return accountStates(home, account)[0]!;
}
