/**
 * Apollo Gateway 2 in Apollo Server 5, in front of this API and other subgraphs:
 *
 *   const server = new ApolloServer({ gateway: new ApolloGateway(gatewayConfig(supergraphSdl)), plugins: [passInquiries] });
 *   startStandaloneServer(server, { context });
 *
 * The gateway drops `@inquiry` and the `extensions` of replies. So the data source passes on the caller's token, and
 * `inquiry` and `withheld` in the `extensions` of the client's request. The plugin gives the client
 * `extensions.inquiries`: the `extensions.inquiry` of each request that the gateway sent for its operation.
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

export const context = async ({ req }) => ({
  token: req.headers.authorization,
  extensions: req.body.extensions,
  inquiries: [],
});

export const passInquiries = {
  async requestDidStart() {
    return {
      async willSendResponse({ response, contextValue: { inquiries } }) {
        const { body } = response;
        if (body.kind !== 'single' || !inquiries.length) return;
        body.singleResult.extensions = { ...body.singleResult.extensions, inquiries };
      },
    };
  },
};
