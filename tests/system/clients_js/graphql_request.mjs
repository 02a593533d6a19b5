/** What graphql-request gives while a source is down. */
import { needtoknow } from './docs/graphql_request.mjs';

const [url, token] = process.argv.slice(2);
const PERSON = `query @inquiry(purpose: C, reason: INVESTIGATION) { person(id: "P0000001") { id ssn warrants { number } } }`;
const { data, errors, extensions } = await needtoknow(url, token).rawRequest(PERSON);
console.log(
  JSON.stringify({
    data,
    errors: errors.map(({ path, extensions: { code } }) => ({ path, code })),
    withheld: extensions.inquiry.withheld.map(({ path }) => path),
  }),
);
