/** In place of a response: what to do, and what will stand there. */

import { STATUS_MEANINGS, STATUS_PHRASES } from './statuses';

export function FirstSteps() {
  return (
    <section className="first-steps" aria-label="First steps">
      <p>
        <b>Run the operation</b> with the run button or <kbd>Ctrl</kbd> <kbd>Enter</kbd>. The response comes here: safety lines, people and
        vehicles, the JSON, and what each source said.
      </p>
      <dl>
        {STATUS_MEANINGS.map(([status, meaning]) => (
          <div key={status}>
            <dt className="chip" data-status={status}>
              {STATUS_PHRASES[status]}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <p>
        <b>Why you ask</b> stands in <code>@inquiry</code>: <i>Codes</i>, above, explains purpose and reason. <b>Step up</b> below a response
        names what you may add to see more.
      </p>
    </section>
  );
}
