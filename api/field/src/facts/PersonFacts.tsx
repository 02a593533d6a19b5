/** The facts about one person, the gravest kind first. The order never changes while they come. */

import type { Place } from '../asking/place.ts';
import type { PersonFactsFragment } from '../codegen/graphql.ts';
import { Fact } from './Fact.tsx';
import { History } from './History.tsx';
import { Section } from './Section.tsx';
import { Missing, Orders, Supervision, Warrants } from './records.tsx';
import { age, day, height, joined, plain, word } from './words.ts';

interface Props {
  place: Place<any>;
  role?: string;
}

export function PersonFacts({ place, role }: Props) {
  const person = place as Place<PersonFactsFragment>;
  const { name, birthDate, sex, race } = person.value;
  const years = age(birthDate);
  return (
    <article class="card">
      <header>
        {role && <p class="role">{role}</p>}
        <h3>{name?.full ?? 'Name not shown'}</h3>
        <p>
          {joined([
            birthDate && `born ${day(birthDate)}`,
            years !== null && `${years} years`,
            word('Sex', sex),
            word('Race', race),
          ])}
        </p>
      </header>
      <Section title="Cautions" place={person.get('cautions')} level={cautionLevel(person)}>
        {(codes) => (
          <ul class="codes">
            {codes.map((code) => (
              <li key={code}>{plain(code)}</li>
            ))}
          </ul>
        )}
      </Section>
      <Warrants place={person.get('warrants', 'warrants')} />
      <Section
        title="Armed and prohibited"
        place={person.get('armedAndProhibited', 'firearms')}
        {...yesOrNo(person.value.armedAndProhibited)}
      />
      <Section title="Violent persons" place={person.get('violentPerson', 'alerts')} level="grave">
        {({ number, criterion, agencyOri }) => (
          <p>
            <b>{plain(criterion)}</b> {joined([number, agencyOri])}
          </p>
        )}
      </Section>
      <Orders place={person.get('protectiveOrders', 'protective_orders')} />
      <Missing place={person.get('missingReports', 'missing_persons')} title="Missing person" />
      <Supervision place={person.get('supervisedReleases', 'supervision')} />
      <History place={person.get('criminalHistory', 'criminal_history')} />
      <Licence place={person} />
      <Description place={person} />
    </article>
  );
}

function cautionLevel({ value: { cautions } }: Place<PersonFactsFragment>) {
  return cautions?.some((code) => code === 'ARMED_AND_DANGEROUS' || code === 'VIOLENT_TENDENCIES') ? 'grave' : 'warn';
}

/** A boolean is a value too, also if it is false. */
function yesOrNo(value: boolean | null | undefined) {
  return { state: value ? 'yes' : 'no', level: value ? ('grave' as const) : undefined };
}

function Licence({ place }: { place: Place<PersonFactsFragment> }) {
  const licence = place.get('driverLicense');
  return (
    <Section
      title="Licence"
      place={licence}
      level={place.value.driverLicense?.status === 'VALID' ? undefined : 'warn'}
      state={plain(place.value.driverLicense?.status)}
    >
      {({ number, state, class: category, expiresOn }) => (
        <p>
          {joined([
            `${number ?? ''} ${state ?? ''}`,
            category && `class ${category}`,
            expiresOn && `expires ${day(expiresOn)}`,
          ])}
        </p>
      )}
    </Section>
  );
}

function Description({ place }: { place: Place<PersonFactsFragment> }) {
  const residence = place.get('residence');
  return (
    <section class="fact" data-is="value">
      <h4>Description</h4>
      <dl>
        <Fact label="Height" place={place.get('heightInches')}>
          {height}
        </Fact>
        <Fact label="Weight" place={place.get('weightPounds')}>
          {(pounds) => `${pounds} lb`}
        </Fact>
        <Fact label="Eyes" place={place.get('eyeColor')}>
          {(code) => word('EyeColor', code)}
        </Fact>
        <Fact label="Hair" place={place.get('hairColor')}>
          {(code) => word('HairColor', code)}
        </Fact>
        <Fact label="Marks" place={place.get('scarsMarksTattoos')}>
          {(marks) => joined(marks, ', ')}
        </Fact>
        <Fact label="Aliases" place={place.get('aliases')}>
          {(names) =>
            joined(
              names.map((each) => each?.full),
              ', ',
            )
          }
        </Fact>
        <Fact label="Address" place={residence}>
          {({ street, city, state, postalCode, confidential }) =>
            confidential
              ? 'confidential: the DMV withholds it'
              : joined([street, city, joined([state, postalCode], ' ')], ', ')
          }
        </Fact>
      </dl>
    </section>
  );
}
