import './look/colors.css';
import './look/page.css';
import './look/ask.css';
import './look/answer.css';
import './look/banner.css';
import './look/scan.css';

import { render } from 'preact';

import { readConfig } from './config.ts';
import { DemoSession } from './session/DemoSession.ts';
import { App } from './ui/App.tsx';
import { restoreTheme } from './ui/theme.ts';

restoreTheme();
const config = readConfig();
if (!config.demo) throw new Error('The configuration has no demo.');
render(<App config={config} session={new DemoSession(config.demo)} />, document.getElementById('root')!);
