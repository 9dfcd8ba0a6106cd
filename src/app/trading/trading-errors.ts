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
