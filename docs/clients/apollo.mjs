/**
 * Apollo Client 4.
 *
 * `fetchPolicy: 'no-cache'`: the key of its cache has no purpose and no reason, so a stored reply would answer a question
 * with another purpose, and that question would be in no journal. It also forgets the errors of what it stores.
 * `errorPolicy: 'all'`: with the default, one withheld field throws the whole reply away.
 * `incrementalHandler`: by default a document with `@defer` throws. `watchQuery` shows each part. While `dataState` is
 * "streaming", a field that is absent is not there yet.
 */
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQL17Alpha9Handler } from '@apollo/client/incremental';
import { map } from 'rxjs';

/**
 * `onInquiry` gets `extensions.inquiry` of each reply and each of its parts, which no result of Apollo Client has. `links`
 * are yours, such as a PersistedQueryLink for trusted documents; it must not be told to use GET.
 */
export function needtoknow(
  url,
  token,
  onInquiry = () => {},
  links = [],
  incrementalHandler = new GraphQL17Alpha9Handler(),
) {
  const inquiry = new ApolloLink((operation, forward) =>
    forward(operation).pipe(
      map((reply) => {
        onInquiry(reply.extensions?.inquiry, operation);
        return reply;
      }),
    ),
  );
  const http = new HttpLink({ uri: url, headers: { Authorization: `Bearer ${token}` } });
  const always = { fetchPolicy: 'no-cache', errorPolicy: 'all' };
  return new ApolloClient({
    link: ApolloLink.from([inquiry, ...links, http]),
    cache: new InMemoryCache(),
    incrementalHandler,
    defaultOptions: { query: always, watchQuery: always },
  });
}
