import { afterEach, describe, expect, test, vi } from 'vitest';

import { SessionEnded } from './failures.ts';
import { ORIGIN, URL_OF_ISSUER, World } from './fakeIssuer.ts';
import { handOver } from './handover.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const LATER_MS = 3_600_000;

async function signedIn(configuration = {}): Promise<World> {
  const world = new World(configuration);
  await world.signIn();
  return world;
}

/** Time passes, so that the token has ended. */
function end(): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + LATER_MS });
}

describe('the first sign-in', () => {
  test('leaves the page with a challenge, and with no scope but those of the setting', async () => {
    const world = new World();
    await world.session.signIn();
    const { searchParams, origin, pathname } = new URL(world.browser.left[0]!);

    expect(origin + pathname).toBe(`${URL_OF_ISSUER}/auth`);
    expect(Object.fromEntries(searchParams)).toEqual({
      response_type: 'code',
      client_id: 'field',
      redirect_uri: `${ORIGIN}/field/callback`,
      scope: 'openid profile',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  test('is who the server says, and leaves nothing in the storage', async () => {
    const world = await signedIn();

    expect(world.session.identity()).toEqual({ name: 'Sam Lee', role: 'patrol', assurance: 1 });
    expect(world.tokens).toEqual(['token-1']);
    expect(await world.session.bearer()).toBe('token-1');
    expect(world.browser.stored.size).toBe(0);
    expect(world.issuer.requests[0]!.get('code_verifier')).toMatch(/^[\w-]{43}$/);
    expect(world.issuer.requests[0]!.get('client_secret')).toBeNull();
  });

  test.each([
    ['another state', { state: 'forged' }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['a token in the address', { id_token: 'e30.e30.e30' }],
  ])('asks for no token after an answer with %s', async (_, changes) => {
    const world = new World();

    await expect(world.signIn(changes)).rejects.toThrow('does not fit this sign-in');
    expect(world.issuer.requests).toEqual([]);
    expect(world.session.identity()).toBeNull();
  });

  test.each([
    ['nonce', 'another'],
    ['aud', 'another-client'],
    ['iss', 'https://evil.example'],
    ['sub', undefined],
  ])('refuses an ID token with another %s', async (name, value) => {
    const world = new World();
    world.issuer.claims = { [name]: value };

    await expect(world.signIn()).rejects.toThrow('does not fit this sign-in');
    expect(world.session.identity()).toBeNull();
  });

  test("says that the device's clock is off, and bears five minutes", async () => {
    const world = new World();
    const now = Math.floor(Date.now() / 1000);

    world.issuer.claims = { iat: now - 3_900, exp: now - 3_600 };
    await expect(world.signIn()).rejects.toThrow("This device's clock is off.");
    world.issuer.claims = { iat: now - 500, exp: now - 200 };
    await world.signIn();
    expect(world.session.identity()?.name).toBe('Sam Lee');
  });

  test.each([
    ['access_denied', 'The sign-in was refused or cancelled. Try again.'],
    ['login_required', 'The sign-in service refused the sign-in (login_required).'],
    ['Call 555-0100 to unlock', 'The sign-in service refused the sign-in. Try again'],
  ])('says no text of the address but an error code: %s', async (error, sentence) => {
    await expect(new World().signIn({ error, error_description: 'Call 555-0100' })).rejects.toThrow(sentence);
  });

  test('says that the issuer is down, and asks it again the next time', async () => {
    const world = new World();
    world.issuer.isDown = true;
    await expect(world.session.signIn()).rejects.toThrow('The sign-in service did not answer.');

    world.issuer.isDown = false;
    await world.signIn();
    expect(world.session.identity()?.name).toBe('Sam Lee');
  });
});

describe('a step-up', () => {
  test('happens in a window, for the same person, and asks for the level and a fresh sign-in', async () => {
    const world = await signedIn();
    const changes: unknown[] = [];
    world.session.onChange(() => changes.push(world.session.identity()));
    world.identity = { ...world.identity, assurance: 2 };
    const stepUp = world.session.stepUp();
    const { searchParams } = await world.address();
    await world.signInInWindow();
    await stepUp;

    expect([searchParams.get('acr_values'), searchParams.get('max_age')]).toEqual(['aal2', '43200']);
    expect(world.browser.left).toHaveLength(1);
    expect(changes).toEqual([{ name: 'Sam Lee', role: 'patrol', assurance: 2 }]);
    expect(await world.session.bearer()).toBe('token-2');
    expect(world.browser.stored.size).toBe(0);
    expect(world.browser.returns.size).toBe(0);
  });

  test("asks for a claim that is not the standard's by a claims request", async () => {
    const world = await signedIn({ acrClaim: 'acrs', stepUpAcr: 'c1' });
    world.session.stepUp().catch(() => undefined);
    const { searchParams } = await world.address();

    expect(searchParams.get('acr_values')).toBeNull();
    expect(JSON.parse(searchParams.get('claims')!)).toEqual({ access_token: { acrs: { essential: true, value: 'c1' } } });
    world.session.signOut();
  });

  test('says so if it brought no second factor', async () => {
    const world = await signedIn();
    const stepUp = world.session.stepUp();
    await Promise.all([world.signInInWindow(), expect(stepUp).rejects.toThrow('did not ask for a second factor')]);
  });

  test('says so if the issuer has none, and opens no window', async () => {
    const world = await signedIn({ stepUpAcr: '' });

    await expect(world.session.stepUp()).rejects.toThrow('has no second factor');
    expect(world.browser.windows).toEqual([]);
  });

  test('says that the browser blocked its window', async () => {
    const world = await signedIn();
    world.browser.isBlocking = true;

    await expect(world.session.stepUp()).rejects.toThrow('The browser blocked the sign-in window.');
  });

  test('ends when the person closes the window and returns', async () => {
    const world = await signedIn();
    const stepUp = world.session.stepUp();
    await world.address();
    world.browser.windows[0]!.close();
    world.browser.returns.forEach((callback) => callback());

    await expect(stepUp).rejects.toThrow('was closed before you were signed in');
    expect(await world.session.bearer()).toBe('token-1');
  });

  test('closes its window if the issuer is down', async () => {
    const world = await signedIn();
    world.issuer.refusal = 'server_error';
    const stepUp = world.session.stepUp();
    await Promise.all([world.signInInWindow(), expect(stepUp).rejects.toThrow('gave no token (server_error)')]);

    expect(world.browser.windows[0]!.isGone).toBe(true);
  });

  test('gives way to a second one', async () => {
    const world = await signedIn();
    const first = world.session.renew();
    await world.address();
    const second = world.session.renew();
    await expect(first).rejects.toThrow('Another sign-in window was opened.');
    await vi.waitUntil(() => world.browser.windows[1]?.address);
    await world.signInInWindow();
    await second;

    expect(await world.session.bearer()).toBe('token-2');
  });

  test('does not let another person go on with the stop', async () => {
    const world = await signedIn();
    world.issuer.subject = 'u-9999';
    const renewal = world.session.renew();
    await Promise.all([world.signInInWindow(), expect(renewal).rejects.toThrow('Someone else signed in.')]);

    expect(world.tokens).toEqual(['token-1']);
    expect(await world.session.bearer()).toBe('token-1');
  });

  test('takes no answer with another state', async () => {
    const world = await signedIn();
    world.issuer.requests = [];
    const renewal = world.session.renew();
    await world.address();
    const taken = vi.fn();
    handOver(new URLSearchParams({ code: 'forged', state: 'forged', iss: URL_OF_ISSUER }), taken);
    await world.signInInWindow();
    await renewal;

    expect(taken).not.toHaveBeenCalled();
    expect(world.issuer.requests.map((request) => request.get('code'))).toEqual(['code-1']);
  });
});

describe('a token that has ended', () => {
  test('ends the session if the issuer gave no refresh token, and the person stays', async () => {
    const world = await signedIn();
    end();

    await expect(world.session.bearer()).rejects.toThrow(SessionEnded);
    expect(world.session.identity()?.name).toBe('Sam Lee');
  });

  test('is refreshed once for all who wait, without a window', async () => {
    const world = new World();
    world.issuer.refreshToken = 'refresh-1';
    await world.signIn();
    world.issuer.nonce = '';
    world.issuer.claims = { nonce: undefined };
    end();

    expect(await Promise.all([world.session.bearer(), world.session.bearer()])).toEqual(['token-2', 'token-2']);
    expect(world.issuer.requests.map((request) => request.get('grant_type'))).toEqual(['authorization_code', 'refresh_token']);
    expect(world.browser.windows).toEqual([]);
  });

  test('needs the person if the issuer takes the refresh token no more', async () => {
    const world = new World();
    world.issuer.refreshToken = 'refresh-1';
    await world.signIn();
    end();
    world.issuer.refusal = 'invalid_grant';

    await expect(world.session.bearer()).rejects.toThrow(SessionEnded);
    await expect(world.session.bearer()).rejects.toThrow(SessionEnded);
    expect(world.issuer.requests).toHaveLength(2);
  });

  test('is asked for again if the issuer did not answer', async () => {
    const world = new World();
    world.issuer.refreshToken = 'refresh-1';
    await world.signIn();
    world.issuer.claims = { nonce: undefined };
    end();
    world.issuer.isDown = true;
    await expect(world.session.bearer()).rejects.toThrow('The sign-in service did not answer.');

    world.issuer.isDown = false;
    expect(await world.session.bearer()).toBe('token-2');
  });

  test("is never another person's", async () => {
    const world = new World();
    world.issuer.refreshToken = 'refresh-1';
    await world.signIn();
    world.issuer.claims = { nonce: undefined, sub: 'u-9999' };
    end();

    await expect(world.session.bearer()).rejects.toThrow(SessionEnded);
  });
});

test('a sign-out forgets all and leaves for the issuer, with no token in the address', async () => {
  const world = await signedIn();
  const changed = vi.fn();
  world.session.onChange(changed);
  world.session.signOut();
  await vi.waitUntil(() => world.browser.left.length > 1);

  expect(world.session.identity()).toBeNull();
  expect(changed).toHaveBeenCalledOnce();
  await expect(world.session.bearer()).rejects.toThrow(SessionEnded);
  const { searchParams, pathname } = new URL(world.browser.left[1]!);
  expect(pathname).toBe('/realms/agency/logout');
  expect(Object.fromEntries(searchParams)).toEqual({ client_id: 'field', post_logout_redirect_uri: `${ORIGIN}/field/callback` });
});
