/** The questions of a stop: each is an operation with its variables, and a title for the screen. */

import type { TypedDocumentNode } from '@urql/core';

import {
  FieldLicenceDocument,
  FieldNameDocument,
  FieldPersonDocument,
  FieldPlatesDocument,
  FieldSerialDocument,
  FieldVehicleDocument,
  type NameSearchInput,
} from '../codegen/graphql.ts';

export type Kind = 'vehicle' | 'plates' | 'person' | 'licence' | 'name' | 'serial';

export interface Question {
  kind: Kind;
  title: string;
  document: TypedDocumentNode<any, any>;
  variables: object;
}

/** The plate, or the plate in every state if nobody read its state. */
export function plate(number: string, state: string | null): Question {
  return state === null
    ? { kind: 'plates', title: `Plate ${number}, any state`, document: FieldPlatesDocument, variables: { number } }
    : vehicle(`Plate ${number} ${state}`, { plate: { number, state } });
}

export function vin(number: string): Question {
  return vehicle(`VIN ${number}`, { vin: number });
}

export function person(id: string, name: string): Question {
  return { kind: 'person', title: name, document: FieldPersonDocument, variables: { id } };
}

export function licence(number: string, state: string): Question {
  return {
    kind: 'licence',
    title: `Licence ${number} ${state}`,
    document: FieldLicenceDocument,
    variables: { licence: { number, state } },
  };
}

export function name(search: NameSearchInput): Question {
  const title = [search.surname, search.given].filter(Boolean).join(', ');
  return { kind: 'name', title, document: FieldNameDocument, variables: { name: search } };
}

export function serial(number: string): Question {
  return { kind: 'serial', title: `Serial ${number}`, document: FieldSerialDocument, variables: { serial: number } };
}

function vehicle(title: string, by: object): Question {
  return { kind: 'vehicle', title, document: FieldVehicleDocument, variables: { by } };
}
