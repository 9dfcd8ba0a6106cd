import type { Param, Params } from "../../domain/params.ts";
import { table } from "./table.ts";

/** The parameters of something as a table; null when it has none. */
export function paramRows(params: Params): string | null {
  const entries = Object.entries(params);
  if (entries.length === 0) return null;
  return table(
    [{ title: "parameter" }, { title: "default", align: "right" }, { title: "range" }, { title: "meaning" }],
    entries.map(([name, param]) => [name, String(param.default), rangeOf(param), param.summary]),
  );
}

function rangeOf(param: Param): string {
  switch (param.kind) {
    case "bool":
      return "true or false";
    case "choice":
      return param.options.join(" | ");
    case "text":
      return "any text";
    case "int":
    case "float":
      return `${param.min} to ${param.max} by ${param.step}`;
  }
}
