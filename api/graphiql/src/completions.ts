/** Completions that say what a code means: "C" alone says nothing. */

import { languages as all, type languages } from 'monaco-editor/esm/vs/editor/editor.api.js';

function explained({ suggestions, ...list }: languages.CompletionList): languages.CompletionList {
  return {
    ...list,
    suggestions: suggestions.map((item, index) => {
      const { label, kind, documentation } = item;
      const meaning = typeof documentation === 'object' ? documentation.value : documentation;
      if (kind !== all.CompletionItemKind.EnumMember || typeof label !== 'string' || !meaning) return item;
      // In the order of the schema, where codes that are refused come last.
      return { ...item, label: { label, description: meaning }, detail: undefined, sortText: String(index).padStart(4, '0') };
    }),
  };
}

/** Monaco's languages, with completion items that show the meaning of an enum's value in the list itself. */
export const explainedLanguages: typeof all = Object.assign(Object.create(all) as typeof all, {
  registerCompletionItemProvider(selector: languages.LanguageSelector, provider: languages.CompletionItemProvider) {
    return all.registerCompletionItemProvider(selector, {
      triggerCharacters: provider.triggerCharacters,
      async provideCompletionItems(...given) {
        const list = await provider.provideCompletionItems(...given);
        return list && explained(list);
      },
    });
  },
});
