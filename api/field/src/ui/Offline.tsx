/** A notice while the phone has no network. What is on the screen stays. */

import { useEffect, useState } from 'preact/hooks';

import { Icon } from './icons.tsx';

export function Offline() {
  const [isOffline, setOffline] = useState(!navigator.onLine);

  useEffect(() => {
    const update = (): void => setOffline(!navigator.onLine);
    addEventListener('online', update);
    addEventListener('offline', update);
    return () => {
      removeEventListener('online', update);
      removeEventListener('offline', update);
    };
  }, []);

  return (
    <div role="status" class="offline">
      {isOffline && (
        <p>
          <Icon name="offline" /> <b>No network.</b> The screen keeps what came; nothing new can be checked. Use the
          radio.
        </p>
      )}
    </div>
  );
}
