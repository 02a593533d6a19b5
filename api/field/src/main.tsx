import './look/colors.css';
import './look/page.css';
import './look/ask.css';
import './look/answer.css';
import './look/banner.css';
import './look/scan.css';

import { render } from 'preact';

import { readConfig } from './config.ts';
import { CALLBACK_PATH, takeAnswer } from './session/callback.ts';
import { openSession } from './session/openSession.ts';
import { App } from './ui/App.tsx';
import { restoreTheme } from './ui/theme.ts';

restoreTheme();
const root = document.getElementById('root')!;
if (location.pathname === CALLBACK_PATH) {
  takeAnswer(root);
} else {
  const config = readConfig();
  const { session, problem } = await openSession(config);
  render(<App config={config} session={session} problem={problem} />, root);
}
