import type { Topic } from "./topic.ts";

/** What concerns a robot that trades by itself. */
export const robotTopics: readonly Topic[] = [
  {
    name: "alerts",
    summary: "how a robot tells you what happens to it",
    lines: [
      'Channels stand in kiwi.config.jsonc: "alerts": { "channels": { "mail": { "use": "email", "host": "smtp.example.org",',
      '  "from": "kiwi@example.org", "to": ["me@example.org"], "password": { "env": "KIWI_SMTP_PASSWORD" } } } }',
      "Kinds of channels: desktop, discord, email, slack, telegram, webhook (docs/how-to/alerts.md says what each needs).",
      "  kiwi alerts test          sends a message over every channel and says what became of it",
      "  kiwi alerts list          what was told and is not over; what could not be delivered",
      "  kiwi alerts ack A7        you take it on: it is told again only when it becomes graver",
      "Rules say who is told of what: kinds, severity, channels, cooldownMinutes, escalateAfterMinutes, escalateTo.",
      "Without rules every channel is told of warnings and worse. No channel gets more than perHourMax messages an hour.",
    ],
  },
  {
    name: "schedules",
    summary: "how often, at what time of day, in which time zone",
    lines: [
      "  every 15m                       from m, h and d",
      "  daily 18:30 America/New_York    by the clock on a wall there: summer time moves it along",
      "  weekdays 07:00 UTC              Monday to Friday",
      "  weekly mon 06:00 Europe/Zurich  sun, mon, tue, wed, thu, fri, sat",
      "  monthly 1 06:00 UTC             days 1 to 28",
      "What was missed while nobody was there is done once when somebody is. A time that the clocks skip comes right after.",
    ],
  },
];
