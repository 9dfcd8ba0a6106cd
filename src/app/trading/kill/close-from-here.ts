import { KiwiError } from "../../../base/errors.ts";
import type { BrokerConnection } from "../../../ports/broker-connection.ts";
import { KillSwitch } from "../../../robot/kill/kill-switch.ts";
import { closeAccount } from "../../../robot/kill/close-account.ts";
import { systemClock } from "../../../adapters/system-clock.ts";
import type { AccountRecord } from "../account-record.ts";
import { reachBroker } from "./reach-broker.ts";

/** How long a command keeps trying: a robot that starts, and the next command, go on. */
const tryMsMax = 60_000;

/**
 * Does at the venue what the switch of an account asks for, without a robot: the lock of the account is not asked for,
 * since everything here only takes away. `say` hears how it goes.
 */
export async function closeFromHere(
  home: string,
  record: AccountRecord,
  env: Readonly<Record<string, string | undefined>>,
  say: (line: string) => void,
): Promise<void> {
  const killSwitch = new KillSwitch(home, record.account);
  const { action, pulls } = killSwitch.state();
  const pull = pulls.findLast((one) => one.action === action);
  if (pull === undefined || action === "reduce") return;
  const signal = AbortSignal.timeout(tryMsMax);
  const log = { debug() {}, info: told, warn: told, error: told };
  function told(fields: Readonly<Record<string, unknown>>, message: string): void {
    say(typeof fields["error"] === "string" ? `${message} (${fields["error"]})` : message);
  }
  try {
    const connection = await reachBroker(record, env);
    try {
      await connection.open({ onOrder() {}, onFill() {}, onLine() {} }, signal);
      if (connection.accountName !== record.account) {
        say(`the keys are those of account ${connection.accountName}: nothing is done with them`);
        return;
      }
      await learnSymbols(connection, record.symbols, say);
      const left = await closeAccount({ connection, clock: systemClock, log, pull, signal });
      killSwitch.noteDone({ pull: pull.id, atMs: Date.now(), by: "kiwi kill", left: { ...left } });
    } finally {
      await connection.close();
    }
  } catch (error) {
    say(
      `the venue could not be reached or has not confirmed (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}

/**
 * Makes the connection look for holdings in these: at a spot market a holding is a balance of a coin, and one that it was
 * never asked about would be left. Throws where the venue is silent; what it does not trade any more is said and left out.
 */
export async function learnSymbols(
  connection: BrokerConnection,
  symbols: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  for (const symbol of symbols) {
    try {
      await connection.instruments([symbol]);
    } catch (error) {
      if (!(error instanceof KiwiError) || error.parts.exit === "network") throw error;
      say(`${symbol} is left out: ${error.parts.message}`);
    }
  }
}
