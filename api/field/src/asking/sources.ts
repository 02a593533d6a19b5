/** The sources, in an officer's words. */

import type { AnswerStatus } from '../codegen/words.ts';

export const SOURCES = {
  warrants: 'Warrants',
  protective_orders: 'Protective orders',
  property: 'Stolen property',
  firearms: 'Firearms',
  alerts: 'Violent persons',
  missing_persons: 'Missing persons',
  supervision: 'Probation and parole',
  persons: 'People and licences',
  vehicles: 'DMV vehicles',
  criminal_history: 'Criminal history',
  accidents: 'Accidents',
  biometrics: 'Fingerprints and photos',
} as const;

export type SourceName = keyof typeof SOURCES;

export function sourceLabel(name: string): string {
  return (SOURCES as Record<string, string>)[name] ?? name.replaceAll('_', ' ');
}

/** `isWhole`: nothing more will come, so what is still asked was not checked. */
export function statusWords(status: AnswerStatus, isWhole: boolean): string {
  switch (status) {
    case 'OK':
      return 'answered';
    case 'EMPTY':
      return 'none';
    case 'NO_NUMBER':
      return 'none: no number in that system';
    case 'WITHHELD':
      return 'not shown to you';
    case 'NOT_ASKED':
      return 'not asked';
    case 'PENDING':
      return isWhole ? 'not checked: this is NOT “no record”' : 'still asked';
    case 'TIMEOUT':
    case 'DOWN':
      return 'did not answer: this is NOT “no record”';
  }
}

export function isUnanswered(status: AnswerStatus, isWhole: boolean): boolean {
  return status === 'TIMEOUT' || status === 'DOWN' || (status === 'PENDING' && isWhole);
}
