import type { Topic } from "./topic.ts";

/** What concerns a robot that trades by itself. */
export const robotTopics: readonly Topic[] = [
  {
    name: "traces",
    summary: "where the time of an order went, for OpenTelemetry",
    lines: [
      "  kiwi traces last                            to http://localhost:4318, or OTEL_EXPORTER_OTLP_ENDPOINT",
      "  kiwi traces last --to http://HOST:4318      OTEL_EXPORTER_OTLP_HEADERS holds what the collector wants to see",
      "  kiwi traces last --to-file traces.json      the same document as a file",
      "A trace for each order, read off the journal: from the close of its bar over every sending to its last fill.",
      "Spans carry bar, orderId and clientOrderId, as the lines of kiwi logs do.",
    ],
  },
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
      "  kiwi alerts listen        answers /status, /pause, /kill of Telegram chats in commandsFrom, as a session does",
      "Rules say who is told of what: kinds, severity, channels, cooldownMinutes, escalateAfterMinutes, escalateTo.",
      "Without rules every channel is told of warnings and worse. No channel gets more than perHourMax messages an hour.",
    ],
  },
  {
    name: "components",
    summary: "the parts of a project or of a running session",
    lines: [
      "Sources, broker, stores, models, channels, rules about alerts, tasks: whatever opens, has a health, and is closed.",
      "  kiwi components                          opens what the configuration names; no venue is asked",
      "  kiwi components --session last           the parts of a session as they are now, by what they need",
      "  kiwi components disable channel phone    switches a part of a running session off; enable switches it on again",
      "Channels, rules, the monitor and the shadow are switched; what a position hangs on is not.",
      "An edit of kiwi.config.jsonc is taken while a session runs: alerts and trading.log at once, all else at the next start.",
      "Of an edit with a mistake nothing is taken: it is told, and what was before stays in force (kiwi config check).",
    ],
  },
  {
    name: "db",
    summary: "sessions as tables of a database, and their backup",
    lines: [
      "The journal of a session is what happened. The tables say the same so that it can be asked: sessions, orders, fills,",
      "decisions, trades, equity, positions, events. They stand in state.sqlite beside the sessions (KIWI_HOME, or ~/.kiwi),",
      'or on a server: "state": { "database": { "env": "KIWI_STATE" } } in kiwi.config.jsonc, and postgres://... there',
      "  kiwi db update            tells the tables what the journals say that they do not; sessions may run meanwhile",
      "  kiwi db rebuild           makes all rows anew: nothing is in the tables that is not in the journals",
      "  kiwi db migrate           brings tables of an older Kiwi up to this one, all changes or none",
      "  kiwi db backup FOLDER     copies accounts and sessions with a checksum of every file; never secrets",
      "  kiwi db restore FOLDER    brings them back after all checksums were found right; what went on meanwhile stays",
      "Orders, fills and events are read off the journal. Equity, decisions and trades need the strategy as it was: the session",
      "is lived through again (kiwi replay), and where that is not possible the row of the session says why.",
    ],
  },
  {
    name: "schedules",
    summary: "how often, at what time of day, in which time zone",
    lines: [
      'kiwi.config.jsonc: "schedule": { "digest": { "when": "daily 07:00 UTC", "run": "digest --send" } }',
      "  kiwi schedule list         what is done when, and what became of it the last time",
      "  kiwi schedule run digest   does one now",
      "  kiwi schedule start        does all of them at their times until Ctrl-C; failures go over the channels of alerts",
      "Each is a command line of Kiwi in a process of its own, never two of one task at once; minutesMax ends it (120).",
      "When:",
      "  every 15m                       from m, h and d",
      "  daily 18:30 America/New_York    by the clock on a wall there: summer time moves it along",
      "  weekdays 07:00 UTC              Monday to Friday",
      "  weekly mon 06:00 Europe/Zurich  sun, mon, tue, wed, thu, fri, sat",
      "  monthly 1 06:00 UTC             days 1 to 28",
      "What was missed while nobody was there is done once when somebody is. A time that the clocks skip comes right after.",
    ],
  },
];
