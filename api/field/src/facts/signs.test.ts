import { expect, test } from 'vitest';

import { gravest, personSigns, vehicleSigns } from './signs.ts';

const WARRANT = { status: 'ACTIVE', cautions: ['ARMED_AND_DANGEROUS'] } as never;

test('the gravest sign is the first', () => {
  const signs = personSigns({ cautions: ['SUICIDAL', 'VIOLENT_TENDENCIES'], warrants: [WARRANT] }, 'SELF');
  expect(signs.map(({ words }) => words)).toEqual(['ARMED AND DANGEROUS', 'VIOLENT TENDENCIES', 'WANTED', 'SUICIDAL']);
});

test('a warrant that is not active is no sign', () => {
  expect(personSigns({ warrants: [{ ...(WARRANT as object), status: 'RECALLED' } as never] }, 'SELF')).toEqual([]);
});

test('what has not come gives no sign', () => {
  expect(personSigns({}, 'SELF')).toEqual([]);
  expect(personSigns(null, 'SELF')).toEqual([]);
});

test('a vehicle has signs of its own and of its owner', () => {
  const report = { status: 'STOLEN', state: 'ACTIVE', occupantsArmed: true };
  const signs = vehicleSigns({ stolen: true, reports: [report], owner: { warrants: [WARRANT] } });
  expect(signs.map(({ words, about }) => `${words} ${about}`)).toEqual([
    'ARMED AND DANGEROUS OWNER',
    'OCCUPANTS ARMED SELF',
    'WANTED OWNER',
    'STOLEN SELF',
  ]);
});

test('the banner takes the place of the signs', () => {
  const signs = personSigns({ cautions: ['VIOLENT_TENDENCIES'] }, 'SELF');
  expect(gravest(undefined, signs)).toBe('grave');
  expect(gravest({ lines: [{ rank: 5 }], complete: true }, signs)).toBe('warn');
  expect(gravest({ lines: [], complete: true }, signs)).toBeNull();
});
