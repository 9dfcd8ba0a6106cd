import type { MemberRows, MemberSeries } from "../../../learning/ensemble/ensemble-rows.ts";
import type { Model, ModelRows } from "../../../ports/model.ts";

/** What members say that an ensemble reads, in this order. */
const read = ["probability", "low", "high"] as const;

/** A member and which columns of the ensemble are its own. */
export type MemberModel = {
  readonly model: Model;
  readonly firstColumn: number;
  readonly columns: number;
  /** It has seen the bars up to this close, or their outcome: what it says of them tells nothing about it. */
  readonly blindThroughMs: number;
};

/**
 * Answers of all members about the rows of a run, and about so many rows before them that everything an ensemble looks back at is
 * there. What was asked last goes on; whoever is asked out of turn asks its members again.
 */
export class MemberAnswers {
  private readonly members: readonly MemberModel[];
  private readonly rowsBack: number;
  private known: MemberRows | null = null;

  constructor(members: readonly MemberModel[], rowsBack: number) {
    this.members = members;
    this.rowsBack = rowsBack;
  }

  async upTo(rows: ModelRows): Promise<MemberRows> {
    const { from, to } = rows;
    const first = Math.max(0, from - this.rowsBack);
    const { known } = this;
    const goesOn = known !== null && known.to === from && known.from <= first;
    const askedFrom = goesOn ? from : first;
    const fresh: MemberSeries[] = [];
    for (const member of this.members) fresh.push(await askMember(member, rows, askedFrom));
    const of = goesOn
      ? fresh.map((series, k) => joined(known.of[k]!, first - known.from, from - known.from, series))
      : fresh;
    this.known = { from: first, to, of };
    return this.known;
  }
}

async function askMember(
  { model, firstColumn, columns, blindThroughMs }: MemberModel,
  rows: ModelRows,
  from: number,
): Promise<MemberSeries> {
  const { to, closeTimeMs } = rows;
  const own = rows.columns.slice(firstColumn, firstColumn + columns);
  const answers = await model.predict({ columns: own, closeTimeMs, from, to });
  const [probability, low, high] = read.map((name) => {
    // Copied: a model may hand out what it will write to again.
    const values = Float64Array.from(answers[model.outputs.indexOf(name)]!);
    for (let row = from; row < to && closeTimeMs[row]! <= blindThroughMs; row++)
      values[row - from] = Number.NaN;
    return values;
  }) as unknown as readonly [Float64Array, Float64Array, Float64Array];
  return { probability, low, high };
}

function joined(old: MemberSeries, from: number, to: number, fresh: MemberSeries): MemberSeries {
  const join = (name: keyof MemberSeries): Float64Array => {
    const values = new Float64Array(to - from + fresh[name].length);
    values.set(old[name].subarray(from, to));
    values.set(fresh[name], to - from);
    return values;
  };
  return { probability: join("probability"), low: join("low"), high: join("high") };
}
