/** Starts the page. */

import './styles/ground.css';
import './styles/bar.css';
import './styles/response.css';
import './styles/plain.css';

import { createRoot } from 'react-dom/client';

import { App } from './App';
import { readConfig } from './config';

createRoot(document.getElementById('root')!).render(<App config={readConfig()} />);
