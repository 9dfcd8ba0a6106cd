import { z } from "zod";

const task = z.strictObject({
  when: z.string().min(1).describe("daily 07:00 UTC, every 4h, weekly mon 06:00 UTC (kiwi help schedules)"),
  run: z.string().min(1).describe("a command line of Kiwi: data download, digest --send"),
  enabled: z.boolean().default(true).describe("false: it waits until it is true again"),
  minutesMax: z.number().positive().default(120).describe("it is ended when it takes longer"),
});

/** What is done again and again, by name. */
export const scheduleConfigSchema = z.record(
  z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "names of tasks are lower-case letters, digits and dashes"),
  task,
);

/** The tasks of a configuration. */
export type ScheduleConfig = z.output<typeof scheduleConfigSchema>;
