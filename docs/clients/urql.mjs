/**
 * urql 6, without a cache.
 *
 * `preferGetMethod: false`: by default it sends questions by GET, and names and numbers would stand in URLs.
 * There is no cacheExchange: a stored reply would answer a question with another purpose, unjournalled.
 */
import { Client, fetchExchange } from '@urql/core';

export function needtoknow(url, token, exchanges = [fetchExchange]) {
  return new Client({
    url,
    exchanges,
    preferGetMethod: false,
    requestPolicy: 'network-only',
    fetchOptions: { headers: { Authorization: `Bearer ${token}` } },
  });
}
