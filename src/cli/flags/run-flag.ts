/** How the text of a flag becomes a value; `many` may be given several times, `list` also once with commas. */
type FlagKind = "number" | "text" | "many" | "list" | "switch";

/** A flag that stands for a key of the configuration. */
export type RunFlag = {
  /** As commander takes it: `--cash <amount>`. */
  readonly flags: string;
  readonly help: string;
  readonly group: string;
  readonly kind: FlagKind;
  /** The key it sets. */
  readonly path: readonly string[];
  /** For keys that choose a plug-in: the choice that the flag's value stands for. */
  readonly choose?: (value: string | number) => Readonly<Record<string, string | number>>;
  /** Allowed words. */
  readonly choices?: readonly string[];
};
