/** Reads what an answer says of its sources and of what it withheld. Knows nothing of how it is shown. */

export type SourceState = 'OK' | 'EMPTY' | 'TIMEOUT' | 'DOWN' | 'NOT_ASKED';

export interface SourceReport {
  name: string;
  status: SourceState;
  ms?: number;
}

/** What may not be known, by which rule, and what would open it. */
export interface Denial {
  recordClass: string;
  rule: { name: string; citation: string };
  needs?: string[];
}

/** A denial at one place of the answer. */
export interface Refusal extends Denial {
  place: string;
}

export interface Summary {
  sources: SourceReport[];
  refusals: Refusal[];
  /** What is left out of every answer to this caller, whether or not there is any. */
  exclusions: Denial[];
}

interface Answer {
  errors?: { path?: (string | number)[]; extensions?: { code?: string } }[];
  extensions?: { inquiry?: { sources: SourceReport[]; exclusions: Denial[] } };
}

const REFUSALS = new Set(['NEED_TO_KNOW', 'STEP_UP_REQUIRED']);

export function summarize(text: string | null): Summary | null {
  if (!text) return null;
  let answer: Answer | null;
  try {
    answer = JSON.parse(text) as Answer | null;
  } catch {
    return null; // What is shown is a sentence of GraphiQL's own, not an answer.
  }
  const inquiry = answer?.extensions?.inquiry;
  if (!inquiry) return null;
  const refusals = (answer?.errors ?? [])
    .filter(({ extensions }) => REFUSALS.has(extensions?.code ?? ''))
    .map(({ path, extensions }) => ({
      ...(extensions as unknown as Denial),
      place: (path ?? []).join('.').replaceAll('.@', '[]'),
    }));
  return { ...inquiry, refusals };
}
