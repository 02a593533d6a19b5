import type { OperationResult } from '@urql/core';
import { CombinedError } from '@urql/core';
import { expect, test, vi } from 'vitest';

import { SessionEnded } from '../session/failures.ts';
import { NO_ANSWER_YET, type Answer } from './answer.ts';
import { createAsker, next } from './client.ts';

const BANNER = { __meta__: { hash: 'sha256:00' } } as never;
const PART = { data: { person: { warrants: [] } }, hasNext: true };
const pending = {
  inquiry: { id: 'i', sources: [{ name: 'warrants', status: 'PENDING' }], withheld: [], exclusions: [] },
};

const result = (some: object): OperationResult<any> =>
  ({ data: undefined, stale: false, hasNext: false, ...some }) as OperationResult<any>;
const after = (...results: object[]): Answer =>
  results.reduce<Answer>((answer, some) => next(answer, result(some)), NO_ANSWER_YET);
const refused = (code: string, status = 200, headers: HeadersInit = {}): object => ({
  error: new CombinedError({
    graphQLErrors: [{ message: code, extensions: { code } }],
    response: new Response(null, { status, headers }),
  }),
});
const broken = (networkError = new TypeError('network error')): object => ({
  error: new CombinedError({ networkError }),
});

test('a connection that breaks keeps what came, and says that the rest was not checked', () => {
  const { data, isWhole, failure } = after(PART, broken());
  expect([data, isWhole]).toEqual([PART.data, true]);
  expect(failure?.sentence).toContain('the rest was not checked');
});

test('a reply that ends while a source is still asked has broken off', () => {
  expect(
    after({ ...PART, extensions: pending }, { ...PART, extensions: pending, hasNext: false }).failure?.sentence,
  ).toContain('broke');
});

test('a reply that is whole has no failure', () => {
  expect(after({ ...PART, hasNext: false }).failure).toBeNull();
});

test('no connection at all is not an answer', () => {
  const { data, failure } = after(broken());
  expect(data).toBeNull();
  expect(failure?.sentence).toContain('nothing was checked');
});

test('a token that ended asks for a sign-in', () => {
  expect(after(broken(new SessionEnded())).failure?.remedy).toBe('signIn');
  expect(after(refused('UNAUTHENTICATED', 401)).failure?.remedy).toBe('signIn');
});

test.each(['OVERLOADED', 'AUDIT_UNAVAILABLE'])('%s waits as long as Retry-After says', (code) => {
  expect(after(refused(code, 503, { 'Retry-After': '7' })).failure).toMatchObject({ remedy: 'later', retryAfterS: 7 });
});

test.each(['TOO_COMPLEX', 'PURPOSE_REQUIRED', 'BAD_INPUT', 'INTERNAL', 'PERSISTED_QUERY_NOT_FOUND'])(
  '%s says that nothing was checked',
  (code) => {
    expect(after(refused(code)).failure?.sentence).toMatch(/not checked|nothing was checked/i);
  },
);

test('an error of the whole reply does not take the place of earlier ones', () => {
  const early = { path: ['person', 'warrants'], message: '', extensions: { code: 'SOURCE_UNAVAILABLE' } };
  const late = { message: '', extensions: { code: 'AUDIT_UNAVAILABLE' } };
  const { errors } = after(
    { ...PART, error: new CombinedError({ graphQLErrors: [early] }) },
    { ...PART, extensions: pending, hasNext: false, error: new CombinedError({ graphQLErrors: [late] }) },
  );
  expect(errors.map(({ extensions }) => extensions.code)).toEqual(['SOURCE_UNAVAILABLE', 'AUDIT_UNAVAILABLE']);
});

test('a request is a POST of a hash, with the token and no text', async () => {
  const request = vi.spyOn(globalThis, 'fetch').mockResolvedValue(Response.json({ data: { person: null } }));
  const session = { bearer: async () => 'the-token' } as never;
  const last = await new Promise<Answer>((resolve) => {
    createAsker('https://records.example/graphql', session)(
      BANNER,
      { id: 'P1' },
      (answer) => answer.isWhole && resolve(answer),
    );
  });
  const [url, init] = request.mock.calls[0]!;
  expect(last.data).toEqual({ person: null });
  expect(url).toBe('https://records.example/graphql');
  expect(init).toMatchObject({ method: 'POST', cache: 'no-store', credentials: 'omit' });
  expect(init!.headers).toMatchObject({ Authorization: 'Bearer the-token' });
  expect(JSON.parse(String(init!.body))).toEqual({ documentId: 'sha256:00', variables: { id: 'P1' } });
});
