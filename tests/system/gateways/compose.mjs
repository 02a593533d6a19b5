/** The supergraph of this API and of dispatch: `compose(records.graphql, its URL, the URL of dispatch)`. */
import { readFileSync } from 'node:fs';

import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

import { typeDefs } from './dispatch.mjs';

export function compose(file, recordsUrl, dispatchUrl) {
  const { errors, supergraphSdl, hints } = composeServices([
    { name: 'needtoknow', url: recordsUrl, typeDefs: parse(readFileSync(file, 'utf-8')) },
    { name: 'dispatch', url: dispatchUrl, typeDefs },
  ]);
  if (errors?.length) throw new Error(errors.map(({ message }) => message).join('\n'));
  return { supergraphSdl, hints: [...new Set(hints.map(({ definition }) => definition.code))] };
}
