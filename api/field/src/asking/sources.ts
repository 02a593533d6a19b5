/** The sources, in an officer's words. */

import type { AnswerStatus } from '../codegen/words.ts';
import type { Unchecked } from './place.ts';

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

/** Why a place of this source is not known. */
export function uncheckedWords(why: Unchecked, source: string): string {
  switch (why) {
    case 'NO_ANSWER':
      return `${sourceLabel(source)} did not answer: NOT “no record”`;
    case 'NOT_ASKED':
      return 'not asked: NOT “no record”';
    case 'NOT_RECEIVED':
      return 'the answer broke off before this: NOT “no record”';
    case 'UNREADABLE':
      return 'the record cannot be read: NOT “no record”';
    case 'TOO_MUCH':
      return 'too much to show: NOT “no record”';
  }
}
