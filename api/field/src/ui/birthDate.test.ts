import { expect, test } from 'vitest';

import { birthDateOf } from './birthDate.ts';

test.each(['02/29/1992', '2-29-1992', '02291992', ' 2.29.1992 ', '1992-02-29'])('%s is a date', (text) => {
  expect(birthDateOf(text)).toBe('1992-02-29');
});

test('an empty field is no date', () => {
  expect(birthDateOf(' ')).toBeNull();
});

test.each(['02/30/1992', '13/01/1992', '29/02/1992', '92', '02/29/92', 'yesterday'])(
  '%s is refused in a sentence',
  (text) => {
    expect(() => birthDateOf(text)).toThrow('such as 02/29/1992');
  },
);
