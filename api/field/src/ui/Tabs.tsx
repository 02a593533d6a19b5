/** The lookups of this stop, newest first, each with the colour of the gravest thing that it has shown. */

import type { Lookup } from '../stop/stop.ts';
import { levelOfLookup } from './lookupSafety.ts';

interface Props {
  lookups: readonly Lookup[];
  current: Lookup | null;
  onChoose: (lookup: Lookup) => void;
}

const WORDS = { grave: 'danger', warn: 'caution', know: 'note' } as const;

export function Tabs({ lookups, current, onChoose }: Props) {
  if (lookups.length < 2) return null;
  return (
    <div class="tabs" role="group" aria-label="Lookups">
      {lookups.map((lookup, index) => {
        const level = levelOfLookup(lookup);
        return (
          <button
            key={lookups.length - index}
            type="button"
            aria-current={lookup === current}
            data-level={level}
            onClick={() => onChoose(lookup)}
          >
            {lookup.question.title}
            {level && <small>{WORDS[level]}</small>}
          </button>
        );
      })}
    </div>
  );
}
