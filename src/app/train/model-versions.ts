import { ModelStore } from "../../adapters/stores/models/model-store.ts";
import { modelsFolderOf } from "./models-folder.ts";

/** Every version of every model of a project, as `NAME version N`; their contents are not read. */
export async function modelVersions(folder: string): Promise<readonly string[]> {
  const store = new ModelStore(modelsFolderOf(folder));
  const found: string[] = [];
  for (const name of await store.names())
    for (const version of await store.versions(name)) found.push(`${name} version ${version}`);
  return found;
}
