import { join } from "node:path";
import { ownCode } from "../plugins/source-files.ts";

/** The folder of Kiwi itself: a clone or an installed package. */
export const packageFolder = join(ownCode, "..");
