/** Documents with deferred fragments, and what a client must end with: what the same document gives as a whole. */
const INQUIRY = '@inquiry(purpose: C, reason: INVESTIGATION)';

const DOCUMENTS = {
  stop: `query Stop ${INQUIRY} {
    person(id: "P0000001") {
      id name { full }
      ... @defer(label: "wanted") { warrants { number offense } vehicles { vin } }
      ... @defer(label: "history") { ssn criminalHistory { cycles { arrestedOn charges { offense } } } }
    }
  }`,
  list: `query List ${INQUIRY} {
    searchPersons(by: { name: { surname: "Castellanaro" } }) {
      total
      edges { node { id name { full } ... @defer(label: "each") { warrants { number } vehicles { vin } } } }
    }
  }`,
  nested: `query Nested ${INQUIRY} {
    person(id: "P0000001") {
      id
      ... @defer(label: "outer") {
        warrants { number subject { id ssn ... @defer(label: "inner") { ssn vehicles { vin } firearms { serial } } } }
      }
    }
  }`,
  overlap: `query Overlap ${INQUIRY} {
    person(id: "P0000001") {
      id ssn name { full } vehicles { vin } warrants { number }
      ... @defer(label: "again") { ssn name { surname } vehicles { vin } warrants { offense } protectiveOrders { number } }
    }
  }`,
  status: `query Status ${INQUIRY} {
    person(id: "P0000001") { id ... @defer(label: "late") { warrants { number } } }
    ... @defer(label: "said") { inquiryStatus { sources { name status } } }
  }`,
};

/**
 * What a client reads of each document, beside the whole.
 *
 * `read(document)` gives `{ data, errors }` at the end, and the `inquiries` of the parts.
 */
export async function readings(url, token, read) {
  const found = {};
  for (const [name, document] of Object.entries(DOCUMENTS)) {
    const { data, errors, inquiries, ...seen } = await read(document);
    found[name] = {
      ...seen,
      data: withoutTypes(data),
      errors: briefly(errors),
      whole: await whole(url, token, document),
      pending: inquiries.map(({ sources }) => sources.filter(({ status }) => status === 'PENDING').length),
      ids: new Set(inquiries.map(({ id }) => id)).size,
    };
  }
  return found;
}

async function whole(url, token, query) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { Accept: 'application/json', 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = await response.json();
  return { data, errors: briefly(errors) };
}

/** Data without `__typename`, which some clients add. */
function withoutTypes(data) {
  return JSON.parse(JSON.stringify(data, (key, value) => (key === '__typename' ? undefined : value)));
}

/** Each error once, as a path and a code: the older format sends the error of a field that it sends again. */
function briefly(errors = []) {
  return [...new Set(errors.map(({ path, extensions: { code } }) => `${path.join('.')} ${code}`))].sort();
}
