/** What Apollo Client shows while a source is down, read twice, and under another reason. */
import { gql } from '@apollo/client';

import { needtoknow } from './docs/apollo.mjs';

const [url, token] = process.argv.slice(2);
const inquiries = [];
const client = needtoknow(url, token, (inquiry) => inquiries.push(inquiry.id));
const PERSON = gql`
  query ($id: ID!, $reason: ReasonCode!) @inquiry(purpose: C, reason: $reason) {
    person(id: $id) { id ssn warrants { number } }
    inquiryStatus { sources { name status } }
  }
`;

const reads = [];
for (const reason of ['INVESTIGATION', 'INVESTIGATION', 'TRAFFIC_STOP']) {
  const { data, error } = await client.query({ query: PERSON, variables: { id: 'P0000001', reason } });
  reads.push({
    warrants: data.person.warrants,
    down: data.inquiryStatus.sources.filter(({ status }) => status === 'DOWN').map(({ name }) => name),
    errors: error.errors.map(({ path, extensions: { code } }) => ({ path, code })),
  });
}
console.log(JSON.stringify({ reads, inquiries: new Set(inquiries).size }));
