/** Collects the licence notice of every bundled package. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import type { Plugin } from 'vite';

interface Manifest {
  name: string;
  version: string;
  license?: string;
}

const NOTICE = /^(licen[cs]e|notice|thirdpartynotices)/i;

export function licenses(): { collect: () => Plugin; write: (fileName: string) => Plugin } {
  const packages = new Map<string, string>();

  function add(file: string): void {
    if (!file.includes('/node_modules/')) return;
    const folder = packageFolder(file);
    packages.set(folder, notice(folder));
  }

  return {
    collect: () => ({
      name: 'licenses:collect',
      // On load, because a style sheet is in no chunk's list of modules.
      load(id) {
        add(id);
        return null;
      },
    }),
    write: (fileName) => ({
      name: 'licenses:write',
      generateBundle(_options, bundle) {
        // A font is never loaded: Vite copies it because a style sheet names it.
        for (const file of Object.values(bundle)) {
          if (file.type === 'asset') file.originalFileNames.forEach((name) => add(resolve(name)));
        }
        const notices = [...new Set(packages.values())].sort();
        this.emitFile({ type: 'asset', fileName, source: notices.join(`\n${'-'.repeat(80)}\n\n`) });
      },
    }),
  };
}

function packageFolder(id: string): string {
  let folder = dirname(id.replace(/\?.*$/, '').replace(/^\0/, ''));
  // A package may contain manifests without a name, with only "type": "module".
  while (!(existsSync(join(folder, 'package.json')) && 'name' in manifest(folder))) folder = dirname(folder);
  return folder;
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

function notice(folder: string): string {
  const { name, version, license } = manifest(folder);
  if (!license) throw new Error(`${name} ${version} names no licence`);
  const texts = readdirSync(folder).filter((file) => NOTICE.test(file)).sort();
  return [`${name} ${version} (${license})\n`, ...texts.map((file) => readFileSync(join(folder, file), 'utf8'))].join('\n');
}
