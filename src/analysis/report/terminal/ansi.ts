/** How a piece of terminal text stands out; always beside a word or sign that says the same. */
export type Emphasis = "strong" | "quiet" | "alert";

const codes: Readonly<Record<Emphasis, string>> = { strong: "1", quiet: "2", alert: "1;33" };
const escape = String.fromCodePoint(27);

/** A function that paints text, or leaves it alone where colour is not wanted. */
export type Paint = (text: string, emphasis: Emphasis) => string;

/** A paint brush for a terminal with or without colour. */
export function painter(color: boolean): Paint {
  return (text, emphasis) =>
    color && text !== "" ? `${escape}[${codes[emphasis]}m${text}${escape}[0m` : text;
}
