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
];
