/** Above each response: what to know before approaching, in colour, and a card of each person and vehicle. */

import { levelOf, safetyOf, type Banner, type Card } from './safety';
import { isFailed, sourceName } from './statuses';
import { summarize } from './summary';

const MOST_CARDS = 6;

export function SafetyBanner({ response }: { response: string | null }) {
  const { banners, cards, isNotAsked } = safetyOf(response);
  const failed = summarize(response)?.sources.filter(({ status }) => isFailed(status)) ?? [];
  if (failed.length + banners.length + cards.length === 0 && !isNotAsked) return null;
  return (
    <section className="safety" aria-label="Safety">
      {failed.map(({ name }) => (
        <p key={name} role="alert" className="safety-line" data-level="failed">
          <b>{sourceName(name).toUpperCase()}: NO ANSWER.</b> Nothing is known from there. This is not “none”: ask again.
        </p>
      ))}
      {isNotAsked && (
        <p className="safety-line" data-level="warn">
          Safety was not asked for: select <code>safety</code> of the person or the vehicle.
        </p>
      )}
      {banners.map((banner) => (
        <Lines key={banner.place} {...banner} />
      ))}
      {cards.length > 0 && (
        <ul className="cards" aria-label="People and vehicles">
          {cards.slice(0, MOST_CARDS).map((card) => (
            <Summary key={card.place} {...card} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Lines({ place, complete, lines, more }: Banner) {
  return (
    <ul className="safety-lines" aria-label={`Safety of ${place}`}>
      {lines.map((line, index) => (
        <li key={index} className="safety-line" data-level={levelOf(line.rank)}>
          <b>{line.words}</b> <Details place={place} values={[line.number, line.about, line.act]} />
        </li>
      ))}
      {lines.length === 0 && (
        <li className="safety-line" data-level={complete ? 'none' : 'warn'}>
          {complete ? 'Nothing known' : 'No lines, and not complete'} <Details place={place} values={[]} />
        </li>
      )}
      {Boolean(more) && <li className="safety-line">and {more} more</li>}
    </ul>
  );
}

function Details({ place, values }: { place: string; values: (string | null | undefined)[] }) {
  const shown = values.filter((each) => each && each !== 'SELF' && each !== 'KNOW');
  return <span className="safety-details">{[place, ...shown].join(' · ').replaceAll('_', ' ')}</span>;
}

function Summary({ place, title, details, badges }: Card) {
  return (
    <li className="card">
      <b>{title}</b> <span className="card-details">{details.join(' · ')}</span>
      <span className="card-place">{place}</span>
      {badges.map(({ text, level }) => (
        <span key={text} className="badge" data-level={level}>
          {text}
        </span>
      ))}
    </li>
  );
}
