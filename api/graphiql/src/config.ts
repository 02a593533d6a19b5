/** The configuration in the data block of `index.html`, written by the server. */

export interface DemoRole {
  role: string;
  user: string;
  name: string;
  description: string;
}

export interface Demo {
  tokenUrl: string;
  roles: DemoRole[];
}

export interface TabText {
  query: string;
  variables: string;
}

export interface Config {
  graphqlUrl: string;
  demo: Demo | null;
  tabs: TabText[];
  newTab: TabText;
}

export function readConfig(): Config {
  return JSON.parse(document.getElementById('needtoknow')!.textContent!) as Config;
}
