/** Calls `run` when a key is pressed, without waiting for Enter. Returns how to stop listening. Ctrl-C still works. */
export function onKey(key: string, run: () => void): () => void {
  const { stdin } = process;
  const onData = (data: Buffer): void => {
    const text = data.toString();
    if (text === key) run();
    // A terminal that hands over every key hands this one over as well.
    if (text === "\u0003") process.emit("SIGINT");
  };
  stdin.setRawMode(true);
  stdin.resume();
  stdin.on("data", onData);
  return () => {
    stdin.off("data", onData);
    stdin.setRawMode(false);
    stdin.pause();
  };
}
