import { expect, test } from "vitest";
import { canMakeDisk, fillDisk, withSmallDisk } from "../../../test/small-disk.ts";
import { KiwiError } from "../../base/errors.ts";
import { lockAccount } from "../../robot/account-lock.ts";
import { homeFault } from "./trading-errors.ts";

const holder = { sinceMs: 0, what: "paper session s" };

test.skipIf(!canMakeDisk)(
  "a start on a full disk says so and how to look, and with room it is one",
  async () => {
    await withSmallDisk(256, async (home) => {
      const empty = fillDisk(home);
      let said: unknown = null;
      try {
        lockAccount(home, "demo", holder).release();
      } catch (cause) {
        said = homeFault(home, cause);
      }
      expect((said as KiwiError).parts).toMatchObject({ code: "DISK_FULL", topic: "trading" });
      expect((said as KiwiError).parts.fix).toContain(`df -h ${home}`);
      empty();
      lockAccount(home, "demo", holder).release();
    });
    const other = new Error("a mistake of ours");
    expect(homeFault("/home", other)).toBe(other);
  },
);
