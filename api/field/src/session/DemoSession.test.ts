import { afterEach, expect, test, vi } from 'vitest';

import { DemoSession } from './DemoSession.ts';

const asked: { role: string; aal: number }[] = [];

/** A demo issuer that gives each request a token of its own. */
function session({ expiresIn = 900, status = 200 } = {}): DemoSession {
  asked.length = 0;
  vi.stubGlobal('fetch', async (_: string, { body }: { body: string }) => {
    asked.push(JSON.parse(body) as { role: string; aal: number });
    return Response.json({ token: `token-${asked.length}`, expiresIn, name: 'Morgan Ashgrove' }, { status });
  });
  return new DemoSession({ tokenUrl: '/demo/token', roles: [] });
}

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a step-up keeps the person and adds the second factor', async () => {
  const demo = session();
  await demo.signIn('patrol');
  const changed = vi.fn();
  demo.onChange(changed);
  await demo.stepUp();

  expect(demo.identity()).toEqual({ name: 'Morgan Ashgrove', role: 'patrol', assurance: 2 });
  expect(asked).toEqual([{ role: 'patrol', aal: 1 }, { role: 'patrol', aal: 2 }]);
  expect(changed).toHaveBeenCalledOnce();
});

test('a token that has ended is replaced before it is used, and nobody notices', async () => {
  const demo = session();
  await demo.signIn('patrol');
  const changed = vi.fn();
  demo.onChange(changed);
  expect(await demo.bearer()).toBe('token-1');
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 900_000 });

  expect(await demo.bearer()).toBe('token-2');
  expect(changed).not.toHaveBeenCalled();
});

test('a sign-out before the answer arrives stays a sign-out', async () => {
  const demo = session();
  await demo.signIn('patrol');
  const stepUp = demo.stepUp();
  demo.signOut();

  await expect(stepUp).rejects.toThrow('The sign-in changed meanwhile.');
  expect(demo.identity()).toBeNull();
  await expect(demo.bearer()).rejects.toThrow('Nobody is signed in.');
});

test('a server that does not answer, or refuses, is said in a sentence', async () => {
  await expect(session({ status: 403 }).signIn('patrol')).rejects.toThrow('The demo issuer refused with 403.');
  const demo = session();
  vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('Failed to fetch')));

  await expect(demo.signIn('patrol')).rejects.toThrow('The server did not answer.');
});
