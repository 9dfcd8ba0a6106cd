import { writeFault } from "../../adapters/stores/bars/bar-store-errors.ts";
import { KiwiError } from "../../base/errors.ts";

/** Nobody starts while the switch is pulled: exit 7. */
export function killLatched(account: string, reason: string): KiwiError {
  return new KiwiError({
    code: "KILL_LATCHED",
    exit: "safety",
    message: `trading of account ${account} is stopped by its kill switch`,
    why: reason,
    fix: "kiwi kill status   says who pulled it;   kiwi kill reset   lifts it, for a reason and with the key",
    topic: "kill",
  });
}

/** What a disk that takes nothing means for who wants to trade: `DISK_FULL`, `DISK_FAILED`, `STORE_NOT_WRITABLE`, or the failure itself. */
export function homeFault(home: string, cause: unknown): unknown {
  const fault = writeFault(home, cause);
  if (fault === cause || !(fault instanceof KiwiError)) return cause;
  return new KiwiError(
    {
      ...fault.parts,
      why: "nothing is traded whose orders could not be written down; orders at the venue stay as they are",
      fix: `df -h ${home}; ls -ld ${home}; findmnt -T ${home}   show whether it is full, whose it is, and whether it is mounted read-only (ro); then start again`,
      topic: "trading",
    },
    { cause },
  );
}
