/**
 * Subscriptions as each client reads them, all at the same time.
 *
 * Prints "first" when each has its first events: the test then changes the person, and takes a source away. At the end
 * the test stops the server.
 */
import { gql } from '@apollo/client';
import { gql as urqlGql } from '@urql/core';

import { needtoknow as apollo } from './docs/apollo.mjs';
import { needtoknow as sse } from './docs/subscription.mjs';
import { needtoknow as urql } from './docs/urql.mjs';

const [url, token] = process.argv.slice(2);
const STREAMS = 10; // of one caller
const STATUS = 'subscription { sourceStatus(every: 15) { name status } }';
const PERSON = 'watchPerson(id: "P0000001", every: 15) { id warrants { number } vehicles { vin } }';
const WATCH = `subscription @inquiry(purpose: C, reason: TRAFFIC_STOP) { ${PERSON} }`;

/** Each calls `onEvent` with data and errors, and `onEnd` with the errors of a refusal. It gives what ends the stream. */
const clients = {
  graphqlSse: (query, onEvent, onEnd) => sse(url, token)({ query }, onEvent, onEnd),
  urql(query, onEvent, onEnd) {
    const fetchOptions = { headers: { Accept: 'text/event-stream', Authorization: `Bearer ${token}` } };
    const asked = urql(url, token).subscription(urqlGql(query), {}, { fetchSubscriptions: true, fetchOptions });
    return asked.subscribe(({ data, error, extensions, hasNext }) => {
      if (data === undefined || !hasNext) {
        onEnd(error?.graphQLErrors ?? []);
      } else {
        onEvent({ data, errors: error?.graphQLErrors ?? [], inquiry: extensions?.inquiry });
      }
    }).unsubscribe;
  },
  apollo(query, onEvent, onEnd) {
    let inquiry;
    const client = apollo(url, token, (received) => (inquiry = received));
    const asked = client.subscribe({ query: gql(query), fetchPolicy: 'no-cache', errorPolicy: 'all' });
    const next = ({ data, error }) =>
      data === undefined ? onEnd(error.errors ?? [error]) : onEvent({ data, errors: error?.errors ?? [], inquiry });
    const subscription = asked.subscribe({ next, error: (error) => onEnd([error]), complete: () => onEnd([]) });
    return () => subscription.unsubscribe();
  },
};

const codes = (errors) => errors.map(({ message, extensions }) => extensions?.code ?? message);

/** A stream: its `first` event or refusal, its `changed` event, the client's word that it has `ended`, and `end()`. */
function opened(name, query, isChanged = () => false) {
  const stream = {};
  let resolveEnded;
  stream.ended = new Promise((resolve) => (resolveEnded = resolve));
  stream.first = new Promise((resolveFirst) => {
    stream.changed = new Promise((resolveChanged) => {
      const onEvent = ({ data, errors, inquiry }) => {
        const event = { ...data, codes: codes(errors), inquiry: inquiry?.id };
        resolveFirst(event);
        if (isChanged(event)) {
          resolveChanged(event);
        }
      };
      stream.end = clients[name](query, onEvent, (errors) => {
        resolveFirst({ refused: codes(errors) });
        resolveEnded({ [name]: codes(errors) });
      });
    });
  });
  return stream;
}

const firstOf = async (streams) => Promise.all(streams.map(({ first }) => first));
const down = ({ sourceStatus }) => sourceStatus.filter(({ status }) => status === 'DOWN').map(({ name }) => name);
const brief = ({ watchPerson: { warrants, vehicles }, ...event }) => ({
  warrants: warrants.length,
  vehicles: vehicles?.length ?? null,
  ...event,
});

setTimeout(() => process.exit(1), 90_000).unref();
const names = Object.keys(clients);
const statuses = names.map((name) => opened(name, STATUS, (event) => down(event).includes('firearms')));
const people = names.map((name) => opened(name, WATCH, ({ watchPerson }) => watchPerson.warrants.length === 0));
const read = Object.fromEntries(names.map((name) => [name, {}]));
const keep = (key, values) => names.forEach((name, index) => (read[name][key] = values[index]));

keep('status', (await firstOf(statuses)).map(down));
keep('person', (await firstOf(people)).map(brief));
const others = Array.from({ length: STREAMS - statuses.length - people.length }, () => opened('graphqlSse', STATUS));
await firstOf(others);
console.log('first');

const without = `subscription { ${PERSON} }`;
keep('withoutInquiry', await firstOf(names.map((name) => opened(name, without))));
keep('oneTooMany', await firstOf(names.map((name) => opened(name, STATUS))));
keep('statusLater', (await Promise.all(statuses.map(({ changed }) => changed))).map(down));
keep('personLater', (await Promise.all(people.map(({ changed }) => changed))).map(brief));

[...statuses, ...people, ...others].forEach(({ end }) => end());
// The server counts a stream until it has noticed that the client left.
const open = [];
while (open.length < STREAMS) {
  const stream = opened(names[open.length % names.length], STATUS);
  if ((await stream.first).refused === undefined) {
    open.push(stream);
  }
}
console.log(JSON.stringify(read));
console.log(JSON.stringify(await Promise.all(open.map(({ ended }) => ended))));
process.exit(0);
