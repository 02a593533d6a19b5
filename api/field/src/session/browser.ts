/** What a sign-in needs of the browser, so that tests can put something else in its place. */

export interface SignInWindow {
  goTo(url: string): void;
  close(): void;
  isClosed(): boolean;
}

export interface Browser {
  /** The origin of this page, such as https://needtoknow.agency.example. */
  origin: string;
  /** For one sign-in of this tab; it is never for a token. */
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  /** A window without an address; null if the browser blocks it. */
  openWindow(): SignInWindow | null;
  leaveFor(url: string): void;
  /** Calls back each time the person returns to this page. Returns the function that ends it. */
  onReturn(callback: () => void): () => void;
}

export const BROWSER: Browser = {
  get origin() {
    return location.origin;
  },
  get storage() {
    return sessionStorage;
  },
  openWindow() {
    const opened = window.open('about:blank', 'needtoknow-sign-in', 'popup,width=480,height=720');
    if (!opened) return null;
    return {
      goTo: (url) => opened.location.replace(url),
      close: () => opened.close(),
      isClosed: () => opened.closed,
    };
  },
  leaveFor: (url) => location.assign(url),
  onReturn(callback) {
    window.addEventListener('focus', callback);
    return () => window.removeEventListener('focus', callback);
  },
};
