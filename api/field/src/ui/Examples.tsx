/** Questions to try in the demonstration, until the first one is asked. Its people are in every seeded world. */

import { licence, name, plate, type Question } from '../stop/questions.ts';

const EXAMPLES: readonly [string, string, Question][] = [
  ['1NTK011', 'stolen', plate('1NTK011', 'CA')],
  ['1NTK023', 'armed occupants', plate('1NTK023', 'CA')],
  ['Z0000025', 'violent person', licence('Z0000025', 'CA')],
  ['Applethwaite', 'two people', name({ surname: 'Applethwaite' })],
];

export function Examples({ onAsk }: { onAsk: (question: Question) => void }) {
  return (
    <section class="examples" aria-label="Examples">
      <h2>Try</h2>
      <ul>
        {EXAMPLES.map(([title, words, question]) => (
          <li key={title}>
            <button type="button" onClick={() => onAsk(question)}>
              {title}
              <small>{words}</small>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
