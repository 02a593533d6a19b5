/** Summary of a response: the status of each source, and what was withheld. */

import type { SourceStatus } from './statuses';

export interface SourceOutcome {
  name: string;
  status: SourceStatus;
  ms?: number;
}

/** A record class that is not shown, the rule that withholds it, and what the caller may add to see it. */
export interface Denial {
  recordClass: string;
  rule: { name: string; citation: string };
  needs?: string[];
}

/** A place of the document that is withheld, with "@" in its path for every index. */
interface WithheldPlace extends Denial {
  path: string[];
}

/** The same, with its path as text. */
export interface DeniedField extends Denial {
  path: string;
}

export interface Summary {
  sources: SourceOutcome[];
  deniedFields: DeniedField[];
  /** Never shown to this caller; says nothing about whether such records exist. */
  exclusions: Denial[];
}

interface ResponseBody {
  extensions?: { inquiry?: { sources: SourceOutcome[]; withheld: WithheldPlace[]; exclusions: Denial[] } };
}

export function summarize(text: string | null): Summary | null {
  if (!text) return null;
  let body: ResponseBody | null;
  try {
    body = JSON.parse(text) as ResponseBody | null;
  } catch {
    return null; // The text is a message of GraphiQL's own, not a response.
  }
  const inquiry = body?.extensions?.inquiry;
  if (!inquiry) return null;
  const { sources, withheld, exclusions } = inquiry;
  const deniedFields = withheld.map((place) => ({ ...place, path: place.path.join('.').replaceAll('.@', '[]') }));
  return { sources, deniedFields, exclusions };
}
