import { escapeText } from "../chart/time-chart.ts";

/** Markup that is safe to put into a page: only `html` and `markup` make it. */
export type Html = { readonly html: string };

type Piece = Html | string | number | false | null | readonly Piece[];

/** A template whose inserted texts are escaped, and whose inserted markup is not. `false` and `null` insert nothing. */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  let text = strings[0]!;
  for (const [k, piece] of pieces.entries()) text += pieceText(piece) + strings[k + 1]!;
  return { html: text };
}

/** Takes text that is markup already. Nothing that comes from data may pass here unescaped. */
export function markup(text: string): Html {
  return { html: text };
}

function pieceText(piece: Piece): string {
  if (piece === null || piece === false) return "";
  if (typeof piece === "string") return escapeText(piece);
  if (typeof piece === "number") return String(piece);
  return "html" in piece ? piece.html : piece.map(pieceText).join("");
}
