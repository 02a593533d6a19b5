/**
 * A subscription whose connection breaks twice, read by an EventSource that sends `Last-Event-ID` when it connects again.
 *
 * Prints "resumed" once it has connected again and nothing had changed. The test then changes the person and writes a line.
 */
import { createEventSource } from 'eventsource-client';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';

const [url, token] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const PERSON = 'watchPerson(id: "P0000001", every: 3600) { id warrants { number } }';
const query = `subscription @inquiry(purpose: C, reason: TRAFFIC_STOP) { ${PERSON} }`;
const ids = [];
let cut;
let hasResumed = false;

/** A proxy, for a connection that breaks. */
const proxy = createServer((client) => {
  const server = connect(port, hostname);
  client.pipe(server).pipe(client);
  client.on('error', () => server.destroy());
  server.on('error', () => client.destroy());
  cut = () => client.resetAndDestroy();
});
await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));

const source = createEventSource({
  url: `http://127.0.0.1:${proxy.address().port}/graphql`,
  method: 'POST',
  headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
  body: JSON.stringify({ query }),
  fetch(address, options) {
    ids.push(options.headers['Last-Event-ID'] ?? null);
    return fetch(address, options);
  },
  onComment() {
    // A stream that is resumed begins with a comment if nothing has changed. Later ones are heartbeats.
    if (!hasResumed) {
      hasResumed = true;
      console.log('resumed');
      createInterface({ input: process.stdin }).once('line', () => cut());
    }
  },
});

const events = [];
for await (const { id, event, data } of source) {
  events.push({ id, event, warrants: JSON.parse(data).data.watchPerson.warrants.length });
  if (events.length === 2) {
    break;
  }
  cut();
}
source.close();
console.log(JSON.stringify({ ids, events }));
process.exit(0);
