/** Whether a text is the address of a server that can keep a queue. */
export function isQueueAddress(text: string): boolean {
  return /^(rediss?|postgres(ql)?):\/\/[^/]+/.test(text) && URL.canParse(text);
}
