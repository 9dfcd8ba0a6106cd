/** Where a value of the configuration comes from. */
export type Origin = {
  readonly kind: "default" | "file" | "env" | "flag";
  /** For people: `--fee`, `KIWI__costs__latencyMs`, `kiwi.config.jsonc line 4`, `default`. */
  readonly label: string;
};
