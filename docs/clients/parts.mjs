/**
 * Parts of a reply, without a library: what a browser needs to show deferred fragments as they arrive.
 *
 * A reply that breaks off throws. What has not arrived by then is not checked, and the screen says so.
 */

/** The reply after each of its parts: `{ data, errors, inquiry, isWhole }`. */
export async function* replies(url, token, operation, signal) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      Accept: 'multipart/mixed; incrementalSpec=v0.2, application/json',
      'Content-Type': 'application/json',
      Authorization: `Bearer ${token}`,
    },
    body: JSON.stringify(operation),
    signal,
  });
  const reply = emptyReply();
  for await (const payload of payloads(response)) {
    yield add(reply, payload);
  }
}

export const emptyReply = () => ({ data: null, errors: [], inquiry: null, isWhole: false, paths: {} });

/** Add a payload to a reply. A fragment that failed has its errors in `completed`, and its fields stay absent. */
export function add(reply, payload) {
  const { pending = [], incremental = [], completed = [] } = payload;
  reply.data = payload.data ?? reply.data;
  for (const { id, path } of pending) {
    reply.paths[id] = path;
  }
  for (const { id, subPath = [], data } of incremental) {
    const place = [...reply.paths[id], ...subPath].reduce((value, key) => value[key], reply.data);
    Object.assign(place, data);
  }
  reply.errors.push(...[payload, ...incremental, ...completed].flatMap(({ errors = [] }) => errors));
  reply.inquiry = payload.extensions?.inquiry ?? reply.inquiry;
  reply.isWhole = !payload.hasNext;
  return reply;
}

async function* payloads(response) {
  const [, boundary] = /^multipart\/mixed;.*boundary="?([^";]+)/i.exec(response.headers.get('Content-Type')) ?? [];
  if (boundary === undefined) {
    yield await response.json();
    return;
  }
  const delimiter = `\r\n--${boundary}`;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '\r\n';
  while (!text.startsWith('--')) {
    const { done, value } = await reader.read();
    if (done) {
      throw new Error('The reply broke off: what has not arrived is not checked.');
    }
    const parts = (text + value).split(delimiter);
    text = parts.pop();
    for (const part of parts.filter((each) => each !== '')) {
      yield JSON.parse(part.slice(part.indexOf('\r\n\r\n')));
    }
  }
}
