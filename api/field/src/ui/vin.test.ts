import { expect, test } from 'vitest';

import { vinOf } from './vin.ts';

test('a VIN may have spaces and dashes', () => {
  expect(vinOf('3gcukrec4-gz 000001')).toBe('3GCUKREC4GZ000001');
});

test.each([
  ['123', 'this one has 3'],
  ['3GCUKREC4GZ0000O1', 'it may be 1 or 0'],
])('%s is refused in a sentence', (text, sentence) => {
  expect(() => vinOf(text)).toThrow(sentence);
});
