import { expect, test } from 'vitest';

import { Token } from './token.ts';

test('a token is used until half a minute before it ends', () => {
  const token = new Token('text', 300, 1_000);

  expect([token.isUsable(1_000), token.isUsable(270_999), token.isUsable(271_000)]).toEqual([true, true, false]);
});

test('a token of seconds is used for half of them', () => {
  const token = new Token('text', 10, 0);

  expect([token.isUsable(4_999), token.isUsable(5_000)]).toEqual([true, false]);
});
