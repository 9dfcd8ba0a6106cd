import { resolve } from "node:path";
import { exportModel } from "../../../app/train/export-model.ts";
import type { CommonFlags } from "../../declare/common-flags.ts";
import { envelope } from "../../output/json.ts";
import type { Shell } from "../../shell.ts";

export type ModelExportFlags = CommonFlags & { readonly file?: string };

/** `kiwi model export`: a model of direction as a file that any ONNX runtime opens. */
export async function modelExportCommand(
  shell: Shell,
  name: string,
  flags: ModelExportFlags,
): Promise<number> {
  const path = resolve(shell.folder, flags.file ?? `${name.replace("@", "-")}.onnx`);
  const exported = await exportModel(shell.folder, name, path);
  if (flags.json === true) shell.out(envelope("model-export@1", exported));
  else
    shell.out(
      `${exported.name} version ${exported.version}: ${exported.bytes} bytes in ${exported.path}\n` +
        `input rows: ${exported.features.length} features${exported.windowRows > 1 ? `, ${exported.windowRows} rows of them, scaled` : ""}; what comes out is not recalibrated`,
    );
  return 0;
}
