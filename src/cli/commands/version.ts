import { codeHash, kiwiVersion } from "../../app/plugins/code-identity.ts";
import type { CommonFlags } from "../declare/common-flags.ts";
import { envelope } from "../output/json.ts";
import type { Shell } from "../shell.ts";

/** `kiwi version`: what runs, to the last bit. */
export async function versionCommand(shell: Shell, flags: CommonFlags): Promise<number> {
  const version = kiwiVersion();
  const code = codeHash([]);
  const platform = `${process.platform}-${process.arch}`;
  if (flags.json === true)
    shell.out(envelope("version@1", { version, code, node: process.version, platform }));
  else shell.out(`kiwi ${version}  (code ${code.slice(0, 12)}, Node ${process.version}, ${platform})`);
  return 0;
}
