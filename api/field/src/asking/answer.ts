/** What has come of an answer so far. A part replaces it by one that says more. */

import type { RecordClass } from '../codegen/graphql.ts';
import type { AnswerStatus } from '../codegen/words.ts';
import type { Failure } from './failure.ts';

export type Path = readonly (string | number)[];

export interface SourceOutcome {
  name: string;
  status: AnswerStatus;
  ms?: number;
}

export interface Rule {
  name: string;
  citation: string;
}

/** A record class that is not shown, and what the caller may add to see it. */
export interface Withheld {
  recordClass: RecordClass;
  rule: Rule;
  needs: readonly string[];
}

/** A place of the document that is withheld, with "@" in its path for every index. */
export interface WithheldPlace extends Withheld {
  path: readonly string[];
  code: string;
}

export interface Inquiry {
  id: string;
  sources: readonly SourceOutcome[];
  withheld: readonly WithheldPlace[];
  exclusions: readonly Withheld[];
}

export interface AnswerError {
  path?: Path;
  message: string;
  extensions: {
    code?: string;
    source?: string;
    recordClass?: RecordClass;
    rule?: Rule;
    needs?: readonly string[];
    traceId?: string;
  };
}

export interface Answer<Data = unknown> {
  data: Data | null;
  errors: readonly AnswerError[];
  inquiry: Inquiry | null;
  /** Nothing more will come. */
  isWhole: boolean;
  /** Why there is no answer, or why it broke off. */
  failure: Failure | null;
}

export const NO_ANSWER_YET: Answer<never> = { data: null, errors: [], inquiry: null, isWhole: false, failure: null };
