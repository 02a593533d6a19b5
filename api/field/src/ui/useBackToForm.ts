/** The phone's "back" goes from an answer to the form, and does not leave the page: that would end the stop. */

import { useEffect } from 'preact/hooks';

/** The mark of an entry in the browser's history. Its address is that of the page, and it says nothing of the answer. */
const ANSWER = 'answer';

export function useBackToForm(isShown: boolean, onBack: () => void): void {
  useEffect(() => {
    if (isShown && history.state !== ANSWER) history.pushState(ANSWER, '');
  }, [isShown]);

  useEffect(() => {
    addEventListener('popstate', onBack);
    return () => removeEventListener('popstate', onBack);
  }, []);
}
