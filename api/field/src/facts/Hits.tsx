/** The people that a name found, to choose from. None is taken for the person at the window by the app. */

import type { Place } from '../asking/place.ts';
import type { FieldNameQuery } from '../codegen/graphql.ts';
import { levelOf } from './level.ts';
import { RootState } from './RootState.tsx';
import { age, day, height, joined, plain, word } from './words.ts';

interface Props {
  place: Place<FieldNameQuery>;
  onChoose: (id: string, name: string) => void;
}

export function Hits({ place, onChoose }: Props) {
  const search = place.get('searchPersons', 'persons');
  const edges = search.get('edges');
  const total = search.value?.total ?? 0;
  if (edges.reading().is !== 'value') return <RootState place={edges} what="This search" />;
  const hits = edges.items();
  return (
    <>
      <p class="hint">
        {total === 1 ? 'One person was found.' : `${total} people were found.`} Compare before you choose.
        {total > hits.length && <strong> {total - hits.length} are not on this screen: add a birth date.</strong>}
      </p>
      <ul class="hits">
        {hits.map((hit) => (
          <Hit key={hit.value.node?.id} place={hit} onChoose={onChoose} />
        ))}
      </ul>
    </>
  );
}

type Edge = NonNullable<NonNullable<FieldNameQuery['searchPersons']['edges']>[number]>;

function Hit({ place, onChoose }: { place: Place<Edge>; onChoose: Props['onChoose'] }) {
  const { node, why } = place.value;
  if (!node?.id) return <li class="hit">{'A person whose record is not shown'}</li>;
  const { id, name, birthDate, sex, race, heightInches, weightPounds, eyeColor, hairColor, scarsMarksTattoos } = node;
  const fullName = name?.full ?? 'Name not shown';
  const years = age(birthDate);
  return (
    <li>
      <button type="button" class="hit" onClick={() => onChoose(id, fullName)}>
        <HitSafety place={place.get('node').get('safety')} />
        <b>{fullName}</b>
        <span>
          {joined([
            birthDate && `born ${day(birthDate)}`,
            years !== null && `${years} years`,
            word('Sex', sex),
            word('Race', race),
          ])}
        </span>
        <span>
          {joined([
            height(heightInches),
            weightPounds && `${weightPounds} lb`,
            eyeColor && `${word('EyeColor', eyeColor)} eyes`,
            hairColor && `${word('HairColor', hairColor)} hair`,
          ])}
        </span>
        {scarsMarksTattoos?.length ? <span>{joined(scarsMarksTattoos, ', ')}</span> : null}
        <small>{joined((why ?? []).map(plain))}</small>
      </button>
    </li>
  );
}

function HitSafety({ place }: { place: Place<any> }) {
  const reading = place.reading();
  if (reading.is === 'asked') return <em class="badge">still checking</em>;
  if (reading.is !== 'value')
    return (
      <em class="badge" data-level="unanswered">
        safety not checked
      </em>
    );
  const { lines, complete } = reading.value as { lines: { rank: number; words: string }[]; complete: boolean };
  const [first] = lines;
  if (!first)
    return complete ? null : (
      <em class="badge" data-level="warn">
        not complete
      </em>
    );
  return (
    <em class="badge" data-level={levelOf(first.rank)}>
      {first.words}
      {lines.length > 1 && ` +${lines.length - 1}`}
    </em>
  );
}
