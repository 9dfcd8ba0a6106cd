import type { ChoiceParam } from "./params.ts";

/** A parameter that takes any text, such as a name that only the composition root can look up; empty by default. */
export function anyText(summary: string): ChoiceParam<string> {
  // Every text is among the options, of which only the empty one can be listed.
  const options = Object.assign([""], { includes: () => true });
  return { kind: "choice", default: "", options, summary };
}
