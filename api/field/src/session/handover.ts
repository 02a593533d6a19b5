/** Handing over of the issuer's answer, from the window in which the person signed in to the page that waits for it. */

const CHANNEL = 'needtoknow-sign-in';

type Message = { answer: string; state: string } | { taken: string };

/** Waits for the answer with this state. Rejects when the signal is aborted. */
export function receive(state: string, signal: AbortSignal): Promise<URLSearchParams> {
  return new Promise((resolve, reject) => {
    const channel = new BroadcastChannel(CHANNEL);
    signal.addEventListener('abort', () => {
      channel.close();
      reject(signal.reason);
    });
    channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (!('answer' in data) || data.state !== state) return;
      channel.postMessage({ taken: state } satisfies Message);
      channel.close();
      resolve(new URLSearchParams(data.answer));
    };
  });
}

/** Gives an answer to the page that waits for its state, and calls back when that page has taken it. */
export function handOver(answer: URLSearchParams, onTaken: () => void): void {
  const state = answer.get('state') ?? '';
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (!('taken' in data) || data.taken !== state) return;
    channel.close();
    onTaken();
  };
  channel.postMessage({ answer: answer.toString(), state } satisfies Message);
}
