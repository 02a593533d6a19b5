/** Reads what an answer says of its sources and of what it withheld. Knows nothing of how it is shown. */

export type SourceState = 'OK' | 'EMPTY' | 'TIMEOUT' | 'DOWN' | 'NOT_ASKED';

export interface SourceReport {
  name: string;
  status: SourceState;
  ms?: number;
}

export interface Refusal {
  code: string;
  place: string;
  recordClass: string;
  rule: string;
  needs: string[];
}

export interface Summary {
  sources: SourceReport[];
  refusals: Refusal[];
}

interface Answer {
  errors?: {
    path?: (string | number)[];
    extensions?: { code?: string; recordClass?: string; rule?: unknown; needs?: string[] };
  }[];
  extensions?: { inquiry?: { sources?: SourceReport[] } };
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
  const sources = answer?.extensions?.inquiry?.sources ?? [];
  const refusals = (answer?.errors ?? [])
    .filter(({ extensions }) => REFUSALS.has(extensions?.code ?? ''))
    .map(({ path, extensions }) => ({
      code: extensions!.code!,
      place: (path ?? []).join('.').replaceAll('.@', '[]'),
      recordClass: extensions!.recordClass ?? '',
      rule: ruleText(extensions!.rule),
      needs: extensions!.needs ?? [],
    }));
  return sources.length || refusals.length ? { sources, refusals } : null;
}

function ruleText(rule: unknown): string {
  if (rule && typeof rule === 'object') return Object.values(rule).join(', ');
  return typeof rule === 'string' ? rule : '';
}
