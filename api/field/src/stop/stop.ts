/** One stop: why it asks, and its lookups, in memory only. Ending it leaves nothing. */

import { NO_ANSWER_YET, type Answer } from '../asking/answer.ts';
import type { Asker } from '../asking/client.ts';
import type { ReasonCode } from '../codegen/graphql.ts';
import type { Question } from './questions.ts';

export interface Lookup {
  question: Question;
  askedAt: Date;
  why: Why;
  answer: Answer;
  /** How often the app has asked again by itself. */
  retries: number;
  /** Asked again, and nothing new has come: what is shown is from `askedAt`. */
  isAskedAgain: boolean;
}

export interface Why {
  reason: ReasonCode;
  caseNumber: string;
  attention: string;
}

/** How often the app asks again by itself while the server is busy. */
export const RETRIES = 2;
const AT_FIRST: Why = { reason: 'TRAFFIC_STOP', caseNumber: '', attention: '' };

export class Stop {
  readonly #ask: Asker;
  readonly #callbacks = new Set<() => void>();
  #why: Why = AT_FIRST;
  #lookups: readonly Lookup[] = [];
  #current: Lookup | null = null;
  /** What ends each lookup that still runs: one may go on while another one is read. */
  readonly #running = new Map<Lookup, () => void>();

  constructor(ask: Asker) {
    this.#ask = ask;
  }

  get why(): Why {
    return this.#why;
  }

  /** Newest first. */
  get lookups(): readonly Lookup[] {
    return this.#lookups;
  }

  get current(): Lookup | null {
    return this.#current;
  }

  say(why: Partial<Why>): void {
    this.#why = { ...this.#why, ...why };
    this.#change();
  }

  ask(question: Question): void {
    const lookup: Lookup = {
      question,
      askedAt: new Date(),
      why: this.#why,
      answer: NO_ANSWER_YET,
      retries: 0,
      isAskedAgain: false,
    };
    this.#lookups = [lookup, ...this.#lookups];
    this.#begin(lookup);
  }

  /** The same question as another inquiry. What is shown stays until something new has come. */
  again(lookup: Lookup, retries = 0): void {
    lookup.retries = retries;
    lookup.isAskedAgain = true;
    this.#begin(lookup);
  }

  /** Shows an answer that is there; asks nothing. */
  choose(lookup: Lookup): void {
    this.#current = lookup;
    this.#change();
  }

  /** Wipes the stop. What still runs is cancelled. */
  end(): void {
    this.#running.forEach((cancel) => cancel());
    this.#running.clear();
    this.#why = AT_FIRST;
    this.#lookups = [];
    this.#current = null;
    this.#change();
  }

  onChange(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  #begin(lookup: Lookup): void {
    this.#running.get(lookup)?.();
    this.#current = lookup;
    const startedAt = new Date();
    const why = this.#why;
    const { reason, caseNumber, attention } = why;
    const variables = {
      ...lookup.question.variables,
      reason,
      caseNumber: caseNumber.trim() || null,
      attention: attention.trim() || null,
    };
    const cancel = this.#ask(lookup.question.document, variables, (answer) => {
      if (answer.data || !lookup.answer.data)
        Object.assign(lookup, { answer, why, askedAt: startedAt, isAskedAgain: false });
      else lookup.answer = { ...lookup.answer, failure: answer.failure };
      const wait = answer.failure?.retryAfterS;
      if (wait !== undefined && lookup.retries < RETRIES) this.#repeat(lookup, wait);
      this.#change();
    });
    this.#running.set(lookup, cancel);
  }

  #repeat(lookup: Lookup, waitS: number): void {
    const timer = setTimeout(() => {
      const current = this.#current;
      this.again(lookup, lookup.retries + 1);
      this.choose(current ?? lookup);
    }, waitS * 1000);
    this.#running.set(lookup, () => clearTimeout(timer));
  }

  #change(): void {
    this.#callbacks.forEach((callback) => callback());
  }
}
