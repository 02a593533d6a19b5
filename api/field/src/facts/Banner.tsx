/** What to know before approaching, the gravest first and loudest. Read out at once by a screen reader. */

import type { SafetyLinesFragment } from '../codegen/graphql.ts';
import type { Place } from '../asking/place.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { levelOf, type Level } from './level.ts';
import type { Sign } from './signs.ts';
import { day, joined, word } from './words.ts';

const ICONS: Record<Level, IconName> = { grave: 'danger', warn: 'warning', know: 'know' };
const ACTS: Record<string, string> = {
  ENFORCE: 'Enforce it',
  NOTIFY_THEN_ENFORCE: 'Notify first, then enforce',
  CONFIRM_FIRST: 'Confirm first',
  NO_ARREST_ON_THIS: 'No arrest on this alone',
};
const ABOUT: Record<string, string> = { OWNER: 'Registered owner' };

interface Props {
  place: Place<SafetyLinesFragment | null | undefined>;
  /** Shown until the banner is there. */
  signs: readonly Sign[];
}

export function Banner({ place, signs }: Props) {
  return (
    <div class="banner" role="alert" aria-atomic="false" aria-label="Safety">
      <Lines place={place} signs={signs} />
    </div>
  );
}

function Lines({ place, signs }: Props) {
  const reading = place.reading();
  switch (reading.is) {
    case 'value':
      return <Known safety={reading.value} />;
    case 'asked':
      return (
        <>
          <Signs signs={signs} />
          <Note level="asked" icon="asked" words="STILL CHECKING" details="Not clear until this says so." />
        </>
      );
    case 'withheld':
      return (
        <Note
          level="warn"
          icon="locked"
          words="SAFETY IS NOT SHOWN TO YOU"
          details={reading.by ? reading.by.rule.citation : ''}
        />
      );
    default:
      return (
        <>
          <Signs signs={signs} />
          <Note
            level="unanswered"
            icon="unchecked"
            words="SAFETY WAS NOT CHECKED"
            details="This is NOT “no record”. Ask again, or use the radio."
          />
        </>
      );
  }
}

function Known({ safety: { complete, unanswered, withheld, lines, more } }: { safety: SafetyLinesFragment }) {
  if (lines.length === 0 && complete) {
    return (
      <Note level="clear" icon="clear" words="NOTHING KNOWN" details="Every system answered: no warning on file." />
    );
  }
  return (
    <>
      <ul>
        {lines.map((line, index) => (
          <Line key={index} {...line} />
        ))}
      </ul>
      {more > 0 && <Note level="know" icon="know" words={`AND ${more} MORE`} details="See the facts below." />}
      {!complete && unanswered.length === 0 && (
        <Note
          level="warn"
          icon="locked"
          words={lines.length ? 'THERE MAY BE MORE' : 'NOT COMPLETE'}
          details={
            withheld.length ? `Not shown to you: ${withheld.map((each) => word('RecordClass', each)).join('; ')}` : ''
          }
        />
      )}
    </>
  );
}

function Line({ rank, kind, words, number, since, agencyOri, about, act }: SafetyLinesFragment['lines'][number]) {
  const isUnanswered = kind === 'NO_ANSWER';
  const level = levelOf(rank);
  const details = isUnanswered
    ? 'This is NOT “no record”. Ask again, or use the radio.'
    : joined([ABOUT[about], number, agencyOri && `agency ${agencyOri}`, since && `since ${day(since)}`]);
  return (
    <li class="line" data-level={isUnanswered ? 'unanswered' : level}>
      <Icon name={isUnanswered ? 'unchecked' : ICONS[level]} />
      <strong>{words}</strong>
      {ACTS[act] && <b class="act">{ACTS[act]}</b>}
      {details && <span class="details">{details}</span>}
    </li>
  );
}

function Signs({ signs }: { signs: readonly Sign[] }) {
  if (signs.length === 0) return null;
  return (
    <ul>
      {signs.map(({ rank, words, about }) => (
        <li key={words} class="line" data-level={levelOf(rank)}>
          <Icon name={ICONS[levelOf(rank)]} />
          <strong>{words}</strong>
          {ABOUT[about] && <span class="details">{ABOUT[about]}</span>}
        </li>
      ))}
    </ul>
  );
}

interface NoteProps {
  level: Level | 'asked' | 'clear' | 'unanswered';
  icon: IconName;
  words: string;
  details: string;
}

export function Note({ level, icon, words, details }: NoteProps) {
  return (
    <p class="line" data-level={level}>
      <Icon name={icon} />
      <strong>{words}</strong>
      {details && <span class="details">{details}</span>}
    </p>
  );
}
