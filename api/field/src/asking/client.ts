/** Asks the server one question, and gives its answer again with each part that arrives. */

import { Client, fetchExchange, type CombinedError, type OperationResult, type TypedDocumentNode } from '@urql/core';

import { SessionEnded } from '../session/failures.ts';
import type { Session } from '../session/session.ts';
import { NO_ANSWER_YET, type Answer, type AnswerError, type Inquiry } from './answer.ts';
import { BROKE_OFF, failureOf, OFFLINE, SIGN_IN_ENDED, SILENT, type Failure } from './failure.ts';

const SILENCE_MS = 15_000;

export type Asker = <Data, Variables extends object>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  onAnswer: (answer: Answer<Data>) => void,
) => () => void;

/** The function that asks. It returns what ends the question: then the server cancels what still runs. */
export function createAsker(url: string, session: Session): Asker {
  return (document, variables, onAnswer) => {
    const client = newClient(url, session);
    let answer: Answer<any> = NO_ANSWER_YET;
    let silence: ReturnType<typeof setTimeout> | undefined;

    function show(next: Answer<any>): void {
      answer = next;
      clearTimeout(silence);
      if (!answer.isWhole) silence = setTimeout(giveUp, SILENCE_MS);
      onAnswer(answer);
    }

    function giveUp(): void {
      stop();
      show({ ...answer, isWhole: true, failure: SILENT });
    }

    function stop(): void {
      clearTimeout(silence);
      subscription.unsubscribe();
    }

    show(answer);
    const subscription = client
      .query(byHash(document), variables as never)
      .subscribe((result) => show(next(answer, result)));
    return stop;
  };
}

/**
 * A client of one question: a client that is shared gives an equal question the last result of the one before.
 *
 * No cache: each reading is an inquiry with a purpose of its own. The older format of parts, because urql drops the
 * errors of a deferred fragment that failed in the newer one.
 */
function newClient(url: string, session: Session): Client {
  return new Client({
    url,
    exchanges: [fetchExchange],
    preferGetMethod: false,
    requestPolicy: 'network-only',
    fetchOptions: {
      cache: 'no-store',
      credentials: 'omit',
      headers: { Accept: 'multipart/mixed; deferSpec=20220824, application/json' },
    },
    fetch: async (input, init) => {
      const token = await session.bearer();
      return fetch(input, { ...init, headers: { ...init?.headers, Authorization: `Bearer ${token}` } });
    },
  });
}

/** The document as its hash alone: its text is in the manifest that the server has read. */
function byHash<Data, Variables>(document: TypedDocumentNode<Data, Variables>): TypedDocumentNode<Data, Variables> {
  const { hash } = (document as unknown as { __meta__: { hash: string } }).__meta__;
  return { kind: 'Document', definitions: [], documentId: hash } as unknown as TypedDocumentNode<Data, Variables>;
}

/** The answer after a result of urql. A connection that breaks off takes nothing away that came before. */
export function next<Data>(
  before: Answer<Data>,
  { data, error, extensions, hasNext }: OperationResult<Data>,
): Answer<Data> {
  let errors = (error?.graphQLErrors ?? []) as unknown as AnswerError[];
  if (error?.networkError) return { ...before, isWhole: true, failure: networkFailure(before, error) };
  // One root field may be refused for its number, and be null in an answer with data.
  const isRefused = errors.some(({ path, extensions: { code } }) => path?.length === 1 && code === 'BAD_INPUT');
  if (!data || isRefused)
    return { ...before, isWhole: true, failure: refusal(errors, error?.response as Response | undefined) };
  // urql replaces its errors by those of a part without data, and a null without its error would read as "none".
  if (errors.some(({ path }) => path === undefined)) errors = [...before.errors, ...errors];
  const inquiry = (extensions?.['inquiry'] as Inquiry | undefined) ?? before.inquiry;
  const isWhole = !hasNext;
  // urql ends a reply that broke off between two parts as if it were whole.
  const isBroken = isWhole && Boolean(inquiry?.sources.some(({ status }) => status === 'PENDING'));
  return { data, errors, inquiry, isWhole, failure: isBroken ? brokenBy(errors) : null };
}

function networkFailure(before: Answer, { networkError, response }: CombinedError): Failure {
  if (networkError instanceof SessionEnded || response?.status === 401) return SIGN_IN_ENDED;
  if (before.data) return BROKE_OFF;
  return response ? failureOf({ code: undefined, message: '' }) : OFFLINE;
}

/** The journal may fail between two parts: then an error without a path is the last of them. */
function brokenBy(errors: readonly AnswerError[]): Failure {
  const whole = errors.find(({ path }) => path === undefined);
  return whole ? refusal([whole], undefined) : BROKE_OFF;
}

function refusal(errors: readonly AnswerError[], response: Response | undefined): Failure {
  const { message = '', extensions } = errors[0] ?? {};
  const retryAfterS = Number(response?.headers.get('Retry-After')) || undefined;
  const code = extensions?.code ?? (response?.status === 401 ? 'UNAUTHENTICATED' : undefined);
  return failureOf({ code, message, traceId: extensions?.traceId, retryAfterS });
}
