/**
 * Apollo Gateway 2, in front of this API and other subgraphs: `new ApolloGateway(gatewayConfig(supergraphSdl))`.
 *
 * The context of an operation is `{ token, extensions, inquiries: [] }`: the client's `Authorization` header, and the
 * `extensions` of its request. The gateway drops `@inquiry` and the `extensions` of replies, so the data source passes
 * on `inquiry` and `withheld`, and collects the `extensions.inquiry` of each reply in `inquiries`, for the reply to the client.
 */
import { RemoteGraphQLDataSource } from '@apollo/gateway';

class Records extends RemoteGraphQLDataSource {
  willSendRequest({ request, context }) {
    const { inquiry, withheld } = context.extensions ?? {};
    if (context.token) request.http.headers.set('authorization', context.token);
    request.extensions = { ...request.extensions, inquiry, withheld };
  }

  didReceiveResponse({ response, context }) {
    if (response.extensions?.inquiry) context.inquiries.push(response.extensions.inquiry);
    return response;
  }
}

export const gatewayConfig = (supergraphSdl) => ({
  supergraphSdl,
  buildService: ({ name, url }) => new (name === 'needtoknow' ? Records : RemoteGraphQLDataSource)({ url }),
});
