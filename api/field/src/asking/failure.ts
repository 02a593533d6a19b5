/** Why there is no answer, in a sentence that says what to do next. In none of these cases anything was checked. */

export type Remedy = 'again' | 'later' | 'signIn' | 'reason' | 'reload' | 'change';

export interface Failure {
  sentence: string;
  remedy: Remedy;
  /** Seconds until the app asks again by itself. */
  retryAfterS?: number;
  traceId?: string;
}

interface Refusal {
  code: string | undefined;
  message: string;
  traceId?: string;
  retryAfterS?: number;
}

const WAIT_S = 2;

export const OFFLINE: Failure = {
  sentence: 'No connection: nothing was checked. Ask again when the phone has a signal, or use the radio.',
  remedy: 'again',
};

export const BROKE_OFF: Failure = {
  sentence: 'The connection broke in the middle. What came stays on the screen; the rest was not checked. Ask again.',
  remedy: 'again',
};

export const SILENT: Failure = {
  sentence: 'The server has been silent for 15 seconds. What is missing was not checked. Ask again, or use the radio.',
  remedy: 'again',
};

export const SIGN_IN_ENDED: Failure = {
  sentence: 'Your sign-in has ended: nothing was checked. Sign in again; this stop stays on the screen.',
  remedy: 'signIn',
};

const SENTENCES: Record<string, [string, Remedy]> = {
  UNAUTHENTICATED: [SIGN_IN_ENDED.sentence, SIGN_IN_ENDED.remedy],
  OVERLOADED: ['The server is busy: nothing was checked.', 'later'],
  AUDIT_UNAVAILABLE: ['The journal cannot be written, so no record is shown: nothing was checked.', 'later'],
  TOO_COMPLEX: [
    'The answer is too large to send: not checked. Ask for less, such as a birth date beside the name.',
    'change',
  ],
  PURPOSE_REQUIRED: [
    'The reason or the case number of this stop was not accepted: nothing was checked. Correct it and ask again.',
    'reason',
  ],
  PERSISTED_QUERY_NOT_FOUND: [
    'The server has a newer field app: nothing was checked. Reload the page, then ask again.',
    'reload',
  ],
  PERSISTED_QUERY_NOT_SUPPORTED: [
    'The server does not know this field app: nothing was checked. Reload the page, then ask again.',
    'reload',
  ],
};

/** The failure of an answer without data. */
export function failureOf({ code, message, traceId, retryAfterS }: Refusal): Failure {
  if (code === 'BAD_INPUT')
    return {
      sentence: `${capital(message)} Nothing was checked: correct it and ask again.`,
      remedy: 'change',
      traceId,
    };
  const known = code === undefined ? undefined : SENTENCES[code];
  if (!known)
    return {
      sentence: 'The server failed: nothing was checked. Ask again, or use the radio.',
      remedy: 'again',
      traceId,
    };
  const [sentence, remedy] = known;
  return { sentence, remedy, traceId, ...(remedy === 'later' && { retryAfterS: retryAfterS ?? WAIT_S }) };
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
