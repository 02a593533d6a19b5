import { expect, test } from 'vitest';

import { NO_ANSWER_YET, type Answer } from '../asking/answer.ts';
import { person } from '../stop/questions.ts';
import type { Lookup } from '../stop/stop.ts';
import { openable } from './openable.ts';
import { sourcesThatCame } from './sourcesThatCame.ts';

const RULE = { name: 'criminal-history', citation: 'PC 11105' };
const HISTORY = {
  path: ['person', 'criminalHistory'],
  code: 'STEP_UP_REQUIRED',
  recordClass: 'CONVICTION',
  rule: RULE,
  needs: ['CASE_NUMBER', 'AAL2'],
} as const;
const SEALED = { recordClass: 'SEALED', rule: RULE, needs: ['CASE_NUMBER', 'AAL2'] } as const;
const JUVENILE = { recordClass: 'JUVENILE', rule: RULE, needs: [] } as const;

function lookup(data: object, some: Partial<Answer> = {}, history: 'OK' | 'NOT_ASKED' = 'OK'): Lookup {
  const sources = [
    { name: 'persons', status: 'EMPTY' as const },
    { name: 'criminal_history', status: history },
  ];
  const inquiry = { id: 'i', sources, withheld: [HISTORY], exclusions: [SEALED, JUVENILE] };
  const why = { reason: 'TRAFFIC_STOP', caseNumber: '', attention: '' } as const;
  const answer: Answer = { ...NO_ANSWER_YET, data, inquiry, isWhole: true, ...some };
  return { question: person('P1', 'A name'), askedAt: new Date(), why, answer, retries: 0, isAskedAgain: false };
}

test('what needs the same opens together, and what nothing opens is not offered', () => {
  expect(openable(lookup({ person: {} }))).toEqual([{ needs: ['CASE_NUMBER', 'AAL2'], withheld: [HISTORY, SEALED] }]);
});

test('nothing is offered of a record that is not there', () => {
  expect(openable(lookup({ person: null }))).toEqual([]);
});

test('nothing is offered while parts are to come', () => {
  expect(openable(lookup({ person: {} }, { isWhole: false }))).toEqual([]);
});

test('kinds of arrest are not offered where no history was asked', () => {
  expect(openable(lookup({ person: {} }, {}, 'NOT_ASKED'))).toEqual([
    { needs: ['CASE_NUMBER', 'AAL2'], withheld: [HISTORY] },
  ]);
});

test('a source has come with its fact, also with none, but not with a failure', () => {
  const failed = { path: ['person', 'protectiveOrders'], message: '', extensions: { code: 'SOURCE_UNAVAILABLE' } };
  const pending = [{ name: 'warrants', status: 'PENDING' as const }];
  const inquiry = { id: 'i', sources: pending, withheld: [], exclusions: [] };
  const came = sourcesThatCame(
    lookup({ person: { warrants: [], protectiveOrders: null } }, { isWhole: false, errors: [failed], inquiry }),
  );
  expect([...came]).toEqual(['warrants']);
});
