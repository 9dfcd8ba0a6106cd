import { expect, test } from "vitest";
import type { AlertEvent } from "../../../robot/alerts/alert-rules.ts";
import type { RobotStatus } from "../../../robot/robot-types.ts";
import type { AlertService } from "../../alerts/alert-service.ts";
import { tellOfTrouble } from "./tell-of-trouble.ts";

test("trading that stops again for another reason is another incident, and for the same one it is not", () => {
  const told: AlertEvent[] = [];
  const alerts = { raise: (event) => void told.push(event), tick() {} } as Pick<
    AlertService,
    "raise" | "tick"
  >;
  const plan = { mode: "paper", symbols: ["A"] } as const;
  for (const reason of ["person: lunch", "watchdog: silent for 10 s", "watchdog: silent for 12 s"]) {
    const trading = { state: "halted", reason } as const;
    tellOfTrouble(alerts as AlertService, [], { trading } as RobotStatus, plan, 1);
  }
  expect(told.map(({ about }) => about)).toEqual(["halted person", "halted watchdog", "halted watchdog"]);
});
