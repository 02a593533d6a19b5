/** A dialog that explains codes: purposes, reasons, assurance levels, and record classes with what the caller may see. */

import { useRef, useState } from 'react';

import type { Send } from './client';

interface Meaning {
  name: string;
  description: string;
}

interface Permission {
  recordClass: string;
  effect: string;
  rule: { name: string; citation: string };
}

interface Codes {
  me: { mayKnow: Permission[] };
  purposes: { enumValues: Meaning[] };
  reasons: { enumValues: Meaning[] };
  classes: { enumValues: Meaning[] };
}

const QUERY = `{
  me { mayKnow { recordClass effect rule { name citation } } }
  purposes: __type(name: "PurposeCode") { enumValues { name description } }
  reasons: __type(name: "ReasonCode") { enumValues { name description } }
  classes: __type(name: "RecordClass") { enumValues { name description } }
}`;

const EFFECT_WORDS: Record<string, string> = { ALLOW: 'shown', MASK: 'masked', STEP_UP: 'step-up', DENY: 'never', OWN: 'your own' };

export function CodesButton({ send }: { send: Send }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [codes, setCodes] = useState<Codes | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  async function open() {
    dialog.current?.showModal();
    setProblem(null);
    try {
      const { data, errors } = (await send({ query: QUERY })) as { data?: Codes; errors?: { message: string }[] };
      if (data) setCodes(data);
      else setProblem(errors?.[0]?.message ?? 'The server did not say.');
    } catch (error) {
      setProblem((error as Error).message);
    }
  }

  return (
    <>
      <button type="button" onClick={() => void open()}>
        Codes
      </button>
      <dialog ref={dialog} className="codes" aria-labelledby="codes-title" closedby="any">
        <form method="dialog">
          <h2 id="codes-title">Codes</h2>
          <button>Close</button>
        </form>
        {problem && <p role="alert">{problem}</p>}
        {codes && <Explanations codes={codes} />}
      </dialog>
    </>
  );
}

function Explanations({ codes: { me, purposes, reasons, classes } }: { codes: Codes }) {
  const permissions = new Map(me.mayKnow.map((each) => [each.recordClass, each]));
  return (
    <>
      <p>
        An operation that reads a record says why: <code>@inquiry(purpose: C, reason: TRAFFIC_STOP, caseNumber: …, attention: …)</code>.
        The journal keeps it. A <i>step-up</i> is a case number there and a second factor of the sign-in: <code>aal1</code> is one factor,{' '}
        <code>aal2</code> two.
      </p>
      <Table title="Purpose" meanings={purposes.enumValues} isShort />
      <Table title="Reason" meanings={reasons.enumValues} />
      <h3>Record classes, and what you may see</h3>
      <p>
        <i>Local policy</i> is a rule of this installation where no statute was found. A purpose, a reason or the record itself can only
        narrow this.
      </p>
      <dl>
        {classes.enumValues.map(({ name, description }) => {
          const permission = permissions.get(name);
          return (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                {permission && <b data-effect={permission.effect}>{EFFECT_WORDS[permission.effect] ?? permission.effect}</b>} {description}{' '}
                {permission && <small>{`${permission.rule.name} (${permission.rule.citation})`}</small>}
              </dd>
            </div>
          );
        })}
      </dl>
    </>
  );
}

function Table({ title, meanings, isShort = false }: { title: string; meanings: Meaning[]; isShort?: boolean }) {
  return (
    <>
      <h3>{title}</h3>
      <dl className={isShort ? 'letters' : ''}>
        {meanings.map(({ name, description }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{description}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
