import { expect, test } from 'vitest';

import type { Answer, AnswerError, Inquiry } from './answer.ts';
import { Place } from './place.ts';

const RULE = { name: 'criminal-history', citation: 'PC 11105' };
const DENIED = { code: 'STEP_UP_REQUIRED', recordClass: 'CONVICTION', rule: RULE, needs: ['CASE_NUMBER'] } as const;

function inquiry(status: Inquiry['sources'][number]['status'], withheld: Inquiry['withheld'] = []): Inquiry {
  return { id: 'i', sources: [{ name: 'warrants', status }], withheld, exclusions: [] };
}

function warrantsOf(person: object | null, answer: Partial<Answer>): ReturnType<Place<any>['reading']> {
  const whole: Answer = {
    data: { person },
    errors: [],
    inquiry: inquiry('OK'),
    isWhole: true,
    failure: null,
    ...answer,
  };
  return new Place<any>(whole, [], whole.data, 'persons').get('person').get('warrants', 'warrants').reading();
}

const failed = (path: AnswerError['path'], code: string): AnswerError => ({
  path: path!,
  message: '',
  extensions: { code },
});

test('an empty list is "none" only if its source has answered', () => {
  expect(warrantsOf({ warrants: [] }, { inquiry: inquiry('EMPTY') })).toEqual({ is: 'none' });
  expect(warrantsOf({ warrants: [] }, { inquiry: inquiry('NO_NUMBER') })).toEqual({ is: 'none' });
  expect(warrantsOf({ warrants: [] }, { inquiry: inquiry('OK') })).toEqual({ is: 'none' });
});

test.each(['TIMEOUT', 'DOWN'] as const)('an empty list is not checked if its source is %s', (status) => {
  expect(warrantsOf({ warrants: [] }, { inquiry: inquiry(status) })).toEqual({ is: 'unchecked', why: 'NO_ANSWER' });
});

test('a source that nothing led to was not asked', () => {
  expect(warrantsOf({ warrants: null }, { inquiry: inquiry('NOT_ASKED') })).toEqual({
    is: 'unchecked',
    why: 'NOT_ASKED',
  });
});

test.each([
  ['SOURCE_UNAVAILABLE', 'NO_ANSWER'],
  ['RECORD_FAULT', 'UNREADABLE'],
  ['TOO_COMPLEX', 'TOO_MUCH'],
  ['INTERNAL', 'NO_ANSWER'],
])('a null with %s is not known: %s', (code, why) => {
  const errors = [failed(['person', 'warrants'], code)];
  expect(warrantsOf({ warrants: null }, { errors, inquiry: inquiry('EMPTY') })).toEqual({ is: 'unchecked', why });
});

test('an error of a place above is an error of the place', () => {
  expect(warrantsOf(null, { errors: [failed(['person'], 'SOURCE_UNAVAILABLE')] }).is).toBe('unchecked');
});

test('an error of another place says nothing of this one', () => {
  const errors = [failed(['person', 'protectiveOrders'], 'SOURCE_UNAVAILABLE')];
  expect(warrantsOf({ warrants: [] }, { errors, inquiry: inquiry('EMPTY') }).is).toBe('none');
});

test('a place that has not come is still asked, and never "none"', () => {
  expect(warrantsOf({}, { isWhole: false, inquiry: inquiry('PENDING') }).is).toBe('asked');
});

test('a place that never came is not checked', () => {
  expect(warrantsOf({}, { isWhole: true, inquiry: inquiry('PENDING') })).toEqual({
    is: 'unchecked',
    why: 'NOT_RECEIVED',
  });
  expect(warrantsOf({}, { isWhole: true, inquiry: inquiry('EMPTY') })).toEqual({
    is: 'unchecked',
    why: 'NOT_RECEIVED',
  });
});

test('a list that came is read while its source is asked for another part', () => {
  expect(warrantsOf({ warrants: [] }, { isWhole: false, inquiry: inquiry('PENDING') }).is).toBe('none');
});

test('a denial says what it needs', () => {
  const errors: AnswerError[] = [{ path: ['person', 'warrants'], message: '', extensions: { ...DENIED } }];
  const { code, ...by } = DENIED;
  expect(warrantsOf({ warrants: null }, { errors })).toEqual({ is: 'withheld', by });
});

test.each([['person'], ['person', 'warrants'], ['person', 'warrants', '@', 'offense']])(
  'a withheld place touches: %s',
  (...path) => {
    const place = { ...DENIED, path };
    expect(warrantsOf({ warrants: null }, { inquiry: inquiry('OK', [place]) })).toEqual({ is: 'withheld', by: place });
  },
);

test('a withheld place elsewhere, or a source that has nothing, leaves "none"', () => {
  const elsewhere = { ...DENIED, path: ['person', 'ssn'] };
  expect(warrantsOf({ warrants: null }, { inquiry: inquiry('OK', [elsewhere]) }).is).toBe('none');
  expect(
    warrantsOf({ warrants: null }, { inquiry: inquiry('EMPTY', [{ ...DENIED, path: ['person', 'warrants'] }]) }).is,
  ).toBe('none');
});

test('false is a value', () => {
  expect(warrantsOf({ warrants: false }, {})).toEqual({ is: 'value', value: false });
});
