import type { Param, Params } from "../../src/domain/params.ts";
import { tableOf } from "./markdown.ts";

/** The parameters of an indicator, a strategy or a plug-in, as a table; a sentence where there are none. */
export function paramTable(params: Params): string {
  const rows = Object.entries(params).map(([name, param]) => [
    `\`${name}\``,
    `\`${String(param.default)}\``,
    rangeOf(param),
    param.summary,
  ]);
  return rows.length === 0 ? "No parameters." : tableOf(["parameter", "default", "range", "meaning"], rows);
}

function rangeOf(param: Param): string {
  switch (param.kind) {
    case "int":
    case "float":
      return `${param.min} to ${param.max}${param.kind === "int" ? ", whole" : ""}`;
    case "bool":
      return "true or false";
    case "choice":
      return param.options.join(", ");
    case "text":
      return "any text";
  }
}
