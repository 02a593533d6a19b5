import { expect, test } from 'vitest';

import { age, day, height, joined, plain, word } from './words.ts';

test('a date has month, day and year, and ?? for what is not known', () => {
  expect(day('1992-02-29')).toBe('02/29/1992');
  expect(day('1990-05-00')).toBe('05/??/1990');
  expect(day(null)).toBe('');
});

test('a person is a year older on the birthday itself', () => {
  expect(age('1992-02-29', new Date(2026, 1, 28))).toBe(33);
  expect(age('1992-03-01', new Date(2026, 2, 1))).toBe(34);
  expect(age(null)).toBeNull();
});

test('a height is in feet and inches', () => {
  expect(height(71)).toBe('5′11″');
});

test('a code has the words of the schema, or its own', () => {
  expect(word('VehicleMake', 'CHEV')).toBe('Chevrolet');
  expect(plain('FELONY_FULL')).toBe('Felony full');
});

test('parts that are not there leave no separator', () => {
  expect(joined(['a', null, '', false, 0, 'b'])).toBe('a · 0 · b');
});
