import type { Topic } from "./topic.ts";

/** Commands, configuration, exit codes, output for programs, bugs. */
export const basicTopics: readonly Topic[] = [
  {
    name: "commands",
    summary: "how the command line works",
    lines: [
      "kiwi <command> --help shows the flags of a command, with two examples first.",
      "A flag that does not exist is an error and never ignored.",
      "Flags that take several values may be given several times; symbols and formats also once with commas:",
      "  --data BTCUSDT-1h.csv --data ETHUSDT-1h.csv      -p BTCUSDT,ETHUSDT",
      "Results go to standard output; progress, warnings and errors go to standard error.",
      "  --json               one JSON document, errors too      (kiwi help json)",
      "  --progress=json      progress as lines of JSON on standard error",
      "  -q  -v  --no-color   fewer words, stacks of errors, no colours (NO_COLOR works too)",
      "Names from elsewhere work: backtesting, list-strategies, new-strategy, download-data, list-data,",
      "lookahead-analysis, recursive-analysis, show-config.",
    ],
  },
  {
    name: "config",
    summary: "kiwi.config.jsonc, the environment, and which of them wins",
    lines: [
      "A flag wins over the environment, that over the file, that over the default.",
      "  file         kiwi.config.jsonc of the folder you are in, or -c FILE; JSON with comments",
      "  environment  KIWI__costs__latencyMs=50 sets costs.latencyMs",
      "  flag         --cash 5000, or --set account.cash=5000 for any key",
      "An unknown key is an error with the nearest name and the line; so is a key that stands twice.",
      "Everything has a default: no file is needed, and an empty one is valid.",
      "  kiwi config show --origin    every value and where it comes from",
      "  kiwi config check            is it right?",
      "  kiwi config schema           every key with its meaning, as JSON Schema for your editor",
      "Parameters of a strategy are not settings: kiwi help params.",
    ],
  },
  {
    name: "secrets",
    summary: "where keys and passwords belong",
    lines: [
      "Never in a configuration file, an argument or a KIWI__ variable: those are copied, kept and shown. A value that",
      "looks like a key is refused (CONFIG_SECRET, exit 3) and not repeated in the message.",
      "A source that needs a secret looks into the usual variables:",
      "  alpaca   APCA_API_KEY_ID and APCA_API_SECRET_KEY        tiingo   TIINGO_API_TOKEN",
      "or where the configuration says it is; relative paths start at the folder you are in:",
      '  "providers": { "alpaca": { "key": { "env": "MY_KEY" }, "secret": { "file": "/run/secrets/alpaca" } } }',
      'or { "vault": "NAME" }: kiwi secrets set NAME keeps it encrypted under KIWI_VAULT_PASSPHRASE (docs/how-to/secrets.md).',
      "It is looked up when the source is opened, given to nobody else, and struck out of what the source says.",
      "A backtest needs no keys at all, and a strategy runs without them: its environment has no variable that looks like a",
      "secret or that the configuration names as the place of one.",
    ],
  },
  {
    name: "exit-codes",
    summary: "what the number means that a command ends with",
    lines: [
      "  0    all is well",
      "  1    a bug in Kiwi (kiwi help bugs)",
      "  2    the command line is wrong: an unknown flag, strategy or parameter",
      "  3    the configuration, a secret, or the disk",
      "  4    the data: missing, broken, or not fitting together",
      "  5    a check failed, or a --fail-if holds",
      "  6    the network or an exchange",
      "  7    refused for safety",
      "  8    time is up: a strategy hangs, or a lock is held",
      "  130  Ctrl-C",
    ],
  },
  {
    name: "json",
    summary: "output for programs",
    lines: [
      "With --json standard output holds exactly one JSON document. It has a schema name, which keeps its meaning:",
      "later versions only add to it. Fractions are fractions (0.1 is 10 %), times are UTC milliseconds, and what does",
      "not exist is null.",
      '  {"schema":"backtest@1","ok":true,"runId":"..","dataKind":"real","hash":{..},"metrics":{..},"artifacts":{..}}',
      '  {"schema":"error@1","ok":false,"error":{"code":"..","exit":4,"message":"..","why":"..","fix":"..","docs":".."}}',
      "ok is false when a check or a --fail-if failed; the exit code says the same.",
    ],
  },
  {
    name: "bugs",
    summary: "what to do when Kiwi itself is wrong",
    lines: [
      "error BUG means that something happened that must not, and that you can do nothing about.",
      "Run the same command with -v: it prints the stack. Report that with the command, the output of kiwi version and,",
      "if you may share them, the strategy and the data. kiwi doctor tells whether something around Kiwi is amiss.",
    ],
  },
  {
    name: "clock",
    summary: "why the clock of this machine matters",
    lines: [
      "Which bars are closed depends on what time it is. A clock that is ahead makes open bars look closed and stale",
      "data look fresh. A backtest takes the present once, at its start, and leaves out bars that close later.",
      "Turn on time synchronisation, for example: sudo timedatectl set-ntp true.   kiwi doctor looks at the clock.",
    ],
  },
];
