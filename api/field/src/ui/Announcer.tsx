/** Says politely to a screen reader what each source has just answered. The banner has its own, assertive voice. */

import { useEffect, useRef, useState } from 'preact/hooks';

import { sourceLabel, statusWords } from '../asking/sources.ts';
import type { Lookup } from '../stop/stop.ts';

export function Announcer({ lookup }: { lookup: Lookup }) {
  const said = useRef(new Map<string, string>());
  const [text, setText] = useState('');
  const { inquiry, isWhole } = lookup.answer;

  useEffect(() => {
    const news = (inquiry?.sources ?? [])
      .filter(({ status }) => status !== 'NOT_ASKED' && (isWhole || status !== 'PENDING'))
      .map(({ name, status }) => [name, statusWords(status, isWhole)] as const)
      .filter(([name, words]) => said.current.get(name) !== words);
    if (news.length === 0) return;
    news.forEach(([name, words]) => said.current.set(name, words));
    setText(news.map(([name, words]) => `${sourceLabel(name)}: ${words}.`).join(' '));
  }, [inquiry, isWhole]);

  return (
    <p class="quiet" role="status">
      {text}
    </p>
  );
}
