/** Which editor the page opens with. The full one is a megabyte, and Monaco is not made for phones. */

export type EditorChoice = 'plain' | 'full' | 'by itself';

const WIDE = '(min-width: 641px)';
const FAST_MS = 800;

/**
 * The address may say it: #plain or #full. Otherwise the full editor replaces the plain one by itself if the screen is
 * wide and the line is fast: the time that this script took to arrive, which is nothing if it is cached.
 */
export function editorChoice(): EditorChoice {
  if (location.hash === '#plain') return 'plain';
  if (location.hash === '#full') return 'full';
  return isWide() && isFast() ? 'by itself' : 'plain';
}

export function isWide(): boolean {
  return matchMedia(WIDE).matches;
}

function isFast(): boolean {
  const [script] = performance.getEntriesByName(import.meta.url);
  return script !== undefined && script.duration < FAST_MS;
}
