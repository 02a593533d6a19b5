import { afterEach, expect, test, vi } from 'vitest';

import { NO_ANSWER_YET, type Answer } from '../asking/answer.ts';
import { plate } from './questions.ts';
import { Stop } from './stop.ts';

interface Asked {
  variables: Record<string, unknown>;
  answer: (some: Partial<Answer>) => void;
  isCancelled: boolean;
}

function stopThatAsks(): { stop: Stop; asked: Asked[] } {
  const asked: Asked[] = [];
  const stop = new Stop((_document, variables, onAnswer) => {
    const one: Asked = {
      variables: { ...variables } as Asked['variables'],
      answer: (some) => onAnswer({ ...NO_ANSWER_YET, ...some } as never),
      isCancelled: false,
    };
    asked.push(one);
    return () => (one.isCancelled = true);
  });
  return { stop, asked };
}

const BUSY = { isWhole: true, failure: { sentence: '', remedy: 'later', retryAfterS: 3 } } as const;

afterEach(() => vi.useRealTimers());

test('the reason and the case number go with each question of the stop', () => {
  const { stop, asked } = stopThatAsks();
  stop.say({ reason: 'WARRANT_SERVICE', caseNumber: ' 26-1 ' });
  stop.ask(plate('1N00001', 'CA'));
  stop.ask(plate('1N00001', null));
  expect(asked.map(({ variables }) => variables)).toEqual([
    {
      by: { plate: { number: '1N00001', state: 'CA' } },
      reason: 'WARRANT_SERVICE',
      caseNumber: '26-1',
      attention: null,
    },
    { number: '1N00001', reason: 'WARRANT_SERVICE', caseNumber: '26-1', attention: null },
  ]);
});

test('the end of the stop leaves nothing, and cancels what still runs', () => {
  const { stop, asked } = stopThatAsks();
  stop.say({ caseNumber: '26-1' });
  stop.ask(plate('1N00001', 'CA'));
  stop.end();
  expect([stop.current, stop.lookups, stop.why.caseNumber, asked[0]!.isCancelled]).toEqual([null, [], '', true]);
});

test('a question goes on while another one is on the screen', () => {
  const { stop, asked } = stopThatAsks();
  stop.ask(plate('1N00001', 'CA'));
  stop.ask(plate('1NTK011', 'CA'));
  asked[0]!.answer({ isWhole: true, data: { vehicle: null } });
  expect(asked[0]!.isCancelled).toBe(false);
  expect(stop.lookups[1]!.answer.isWhole).toBe(true);
  expect(stop.current).toBe(stop.lookups[0]);
});

test('a busy server is asked again after its Retry-After, three times in all', () => {
  vi.useFakeTimers();
  const { stop, asked } = stopThatAsks();
  stop.ask(plate('1N00001', 'CA'));
  for (let time = 1; time <= 4; time += 1) {
    asked.at(-1)!.answer(BUSY);
    vi.advanceTimersByTime(2_999);
    expect(asked).toHaveLength(Math.min(time, 3));
    vi.advanceTimersByTime(1);
  }
  expect(asked).toHaveLength(3);
});

test('a question asked by hand is not asked again by itself as well', () => {
  vi.useFakeTimers();
  const { stop, asked } = stopThatAsks();
  stop.ask(plate('1N00001', 'CA'));
  asked[0]!.answer(BUSY);
  stop.again(stop.current!);
  vi.advanceTimersByTime(10_000);
  expect(asked).toHaveLength(2);
});

test('an answer stays on the screen until something new has come', () => {
  const { stop, asked } = stopThatAsks();
  stop.ask(plate('1N00001', 'CA'));
  asked[0]!.answer({ isWhole: true, data: { vehicle: {} } });
  const { askedAt } = stop.current!;
  stop.again(stop.current!);
  asked[1]!.answer({ isWhole: false });
  expect([stop.current!.answer.data, stop.current!.isAskedAgain]).toEqual([{ vehicle: {} }, true]);
  asked[1]!.answer({ isWhole: true, failure: { sentence: 'No connection.', remedy: 'again' } });
  expect([stop.current!.answer.data, stop.current!.answer.failure?.sentence]).toEqual([
    { vehicle: {} },
    'No connection.',
  ]);
  expect(stop.current!.askedAt).toBe(askedAt);
  stop.again(stop.current!);
  asked[2]!.answer({ isWhole: false, data: { vehicle: null } });
  expect([stop.current!.answer.data, stop.current!.answer.failure, stop.current!.isAskedAgain]).toEqual([
    { vehicle: null },
    null,
    false,
  ]);
});
