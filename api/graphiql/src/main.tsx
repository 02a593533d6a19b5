/** Starts the page. */

import './workers';
import './styles';

import { createRoot } from 'react-dom/client';

import { App } from './App';
import { readConfig } from './config';

createRoot(document.getElementById('root')!).render(<App config={readConfig()} />);
