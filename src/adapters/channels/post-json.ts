/** Sends JSON, wants a status of 2xx and returns what was answered; rejects with what the other side said. Redirects are refused: they may lead keys away. */
export async function askByJson(
  url: string,
  body: unknown,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
    redirect: "error",
    signal,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`it answered ${answer.status}: ${text.slice(0, 200)}`);
  return text;
}

/** The same where nobody reads the answer. */
export async function postJson(...asked: Parameters<typeof askByJson>): Promise<void> {
  await askByJson(...asked);
}
