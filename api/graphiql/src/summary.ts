/** Summary of a response: the status of each source, and what was withheld. */

export type SourceStatus = 'OK' | 'EMPTY' | 'TIMEOUT' | 'DOWN' | 'NOT_ASKED';

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

/** A denial of one field. */
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
  errors?: { path?: (string | number)[]; extensions?: { code?: string } }[];
  extensions?: { inquiry?: { sources: SourceOutcome[]; exclusions: Denial[] } };
}

const DENIAL_CODES = new Set(['NEED_TO_KNOW', 'STEP_UP_REQUIRED']);

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
  const deniedFields = (body?.errors ?? [])
    .filter(({ extensions }) => DENIAL_CODES.has(extensions?.code ?? ''))
    .map(({ path, extensions }) => ({
      ...(extensions as unknown as Denial),
      path: (path ?? []).join('.').replaceAll('.@', '[]'),
    }));
  return { ...inquiry, deniedFields };
}
