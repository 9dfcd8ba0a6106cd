import { spawn } from "node:child_process";

const openers: Readonly<Record<string, readonly string[]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

/** Shows a file in the program that the system has for it, and does not wait. Without such a program nothing happens. */
export function openFile(path: string): void {
  const [program = "xdg-open", ...rest] = openers[process.platform] ?? [];
  const child = spawn(program, [...rest, path], { detached: true, stdio: "ignore" });
  child.on("error", () => {});
  child.unref();
}
