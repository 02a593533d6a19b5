/** Icons, drawn here: no font and no request. They stand beside words, so they are hidden from a screen reader. */

const PATHS = {
  danger: 'M7.9 2h8.2L22 7.9v8.2L16.1 22H7.9L2 16.1V7.9zM12 7v6m0 3.5v.5',
  warning: 'M12 3 22 20H2zM12 9.5v5m0 2.5v.5',
  know: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zM12 11v6m0-10v.5',
  clear: 'M4 12.5 9.5 18 20 6.5',
  asked: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zM12 6.5V12l3.5 2.5',
  unchecked: 'M8.5 9a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.1-1.5 2.3m0 3v.5M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z',
  locked: 'M6 11h12v10H6zm2.5 0V7.5a3.5 3.5 0 0 1 7 0V11',
  scan: 'M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M8 8v8M11 8v8M14 8v8M16.5 8v8',
  search: 'M10.5 3a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM16 16l5.5 5.5',
  again: 'M20 11a8 8 0 1 0-2.3 6.6M20 4v7h-7',
  end: 'M5 5l14 14M19 5 5 19',
  theme: 'M12 2a10 10 0 1 0 0 20V2zM12 2a10 10 0 0 1 0 20',
  offline:
    'M2 2l20 20M8.5 16.5a5 5 0 0 1 7 0M5 13a10 10 0 0 1 5-2.7M2 9a15 15 0 0 1 4.5-3M12 20v.5M10.5 5A15 15 0 0 1 22 9m-5.5 2.2c.9.5 1.8 1.1 2.5 1.8',
  person: 'M12 3a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM3.5 21a8.5 8.500 0 0 1 17 0',
  leave: 'M10 4H4v16h6M15 7l5 5-5 5M20 12H9',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
