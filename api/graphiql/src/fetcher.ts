/** GraphiQL's fetcher. The schema that it reads says the record class of each field. */

import type { Fetcher, FetcherParams } from '@graphiql/toolkit';
import type { IntrospectionQuery } from 'graphql';

import type { Send } from './client';
import { describeRecordClasses } from './recordClasses';

const SDL_QUERY = '{ _service { sdl } }';

export function createFetcher(send: Send): Fetcher {
  return async ({ query, variables, operationName }: FetcherParams) => {
    if (operationName === 'IntrospectionQuery') return await introspection(send, query);
    return (await send({ query, variables, operationName: isIn(query, operationName) ? operationName : null })) as object;
  };
}

async function introspection(send: Send, query: string): Promise<object> {
  const [response, service] = await Promise.all([send({ query }), send({ query: SDL_QUERY })]);
  const { data } = response as { data?: IntrospectionQuery };
  const sdl = (service as { data?: { _service: { sdl: string } } }).data?._service.sdl;
  if (data && sdl) describeRecordClasses(data.__schema, sdl);
  return response as object;
}

/** For a moment after the active tab changes, GraphiQL still passes the operation name of the previous tab. */
function isIn(query: string, operationName: string | null | undefined): boolean {
  return new RegExp(`\\b(query|mutation|subscription)\\s+${operationName}\\b`).test(query);
}
