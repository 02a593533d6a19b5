/** The status of a source in an inquiry, and what it means. */

export type SourceStatus = 'OK' | 'EMPTY' | 'NO_NUMBER' | 'WITHHELD' | 'NOT_ASKED' | 'PENDING' | 'TIMEOUT' | 'DOWN';

export const STATUS_PHRASES: Record<SourceStatus, string> = {
  OK: 'answered',
  EMPTY: 'no match',
  TIMEOUT: 'timed out',
  DOWN: 'no answer',
  NO_NUMBER: 'no number there',
  WITHHELD: 'withheld',
  NOT_ASKED: 'not queried',
  PENDING: 'still asked',
};

export const STATUS_MEANINGS: [SourceStatus, string][] = [
  ['DOWN', 'The source did not answer. Never read it as “none”.'],
  ['OK', 'It has records, and they are in the response.'],
  ['EMPTY', 'It has none.'],
  ['NO_NUMBER', 'The person or the vehicle has no number in it, so it has none.'],
  ['WITHHELD', 'It was not asked: you may see nothing of it.'],
  ['NOT_ASKED', 'It was not asked: the operation selects nothing of it.'],
];

/** Whether a source that was asked did not answer. */
export function isFailed(status: SourceStatus): boolean {
  return status === 'DOWN' || status === 'TIMEOUT';
}

export const sourceName = (name: string): string => name.replaceAll('_', ' ');
