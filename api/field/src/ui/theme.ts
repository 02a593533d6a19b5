/** Dark or light: as the phone says, until the officer changes it. The choice is all that this app stores. */

const KEY = 'needtoknow-field-theme';

export function restoreTheme(): void {
  apply(stored());
}

export function changeTheme(): void {
  const isLight = (stored() ?? (matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark')) === 'light';
  const theme = isLight ? 'dark' : 'light';
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser that stores nothing: the theme holds until the page closes.
  }
  apply(theme);
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY) ?? document.documentElement.dataset['theme'] ?? null;
  } catch {
    return document.documentElement.dataset['theme'] ?? null;
  }
}

function apply(theme: string | null): void {
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset['theme'] = theme;
}
