/** What graphql-sse and parts.mjs end with if fragments are deferred: server-sent events, and multipart over fetch. */
import { readings } from './deferred.mjs';
import { needtoknow } from './docs/graphql_sse.mjs';
import { replies } from './docs/parts.mjs';

const [url, token] = process.argv.slice(2);

const readWith = (ask) => async (query) => {
  const inquiries = [];
  let last;
  for await (const reply of ask({ query })) {
    inquiries.push(reply.inquiry);
    last = reply;
  }
  return { ...last, inquiries };
};

const events = await readings(url, token, readWith(needtoknow(url, token)));
const multipart = await readings(url, token, readWith((operation) => replies(url, token, operation)));
console.log(JSON.stringify({ events, multipart }));
