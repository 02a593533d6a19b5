// An OpenID provider over https on a free port. Each client of it gets tokens with claims of its own.
//
//   node issuer.mjs CERTIFICATE KEY CLIENTS
//
// CLIENTS is a JSON file: {"keycloak": {"aud": "needtoknow", "sub": "u-1", …}}. `iss`, `iat`, `exp` and a signature are
// the provider's, and `jti` too if the claims have none. Its first line of output is its address.
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { Provider } from "oidc-provider";

const [certificate, key, file] = process.argv.slice(2);
const clients = JSON.parse(readFileSync(file, "utf8"));
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const signingKey = { ...privateKey.export({ format: "jwk" }), kid: "signing", use: "sig", alg: "RS256" };

const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) });
server.listen(0, "127.0.0.1", () => {
  const issuer = `https://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: Object.keys(clients).map((client_id) => ({
      client_id,
      client_secret: "secret",
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
    })),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => "urn:needtoknow",
        getResourceServerInfo: () => ({
          scope: "",
          audience: "needtoknow",
          accessTokenFormat: "jwt",
          accessTokenTTL: 300,
          jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
    formats: {
      customizers: {
        jwt: (_, token, jwt) => {
          const { iss, iat, exp, ...claims } = clients[token.clientId];
          Object.assign(jwt.payload, claims);
        },
      },
    },
    jwks: { keys: [signingKey] },
  });
  server.on("request", provider.callback());
  console.log(issuer);
});
