import { KeptAnswers } from "../predictions/kept-answers.ts";
import { storedJournal } from "./replay-stored.ts";
import { allSessions, type SessionNote } from "./session-folder.ts";

/**
 * What the models of a session said in the newest session before it, of the same account: a restart says the same of the same
 * bars. A session without models, and a journal that cannot be read any more, keep nothing.
 */
export function keptBefore(home: string, { id, account, models, part }: SessionNote): KeptAnswers {
  const earlier = allSessions(home).findLast(
    (note) =>
      note.account === account &&
      note.id !== id &&
      // Those beside it on the account start at the same time, and have said nothing yet.
      note.part?.name === part?.name &&
      models.some(({ fingerprint }) => note.models.some((one) => one.fingerprint === fingerprint)),
  );
  if (earlier === undefined) return new KeptAnswers([]);
  try {
    return new KeptAnswers(storedJournal(home, earlier).read());
  } catch {
    return new KeptAnswers([]);
  }
}
