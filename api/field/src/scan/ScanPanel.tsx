/** Scanning a licence: by the camera if the browser reads its barcode, or by a hand scanner, which types the text. */

import { useEffect, useRef, useState } from 'preact/hooks';

import { cameraSentence, NO_DETECTOR, readsLicences, scannedText } from './camera';
import { readScan, type Scan } from './scan';

// A hand scanner types some 100 characters a second. What it typed is read once it has ended.
const PAUSE_MS = 400;

interface Props {
  /** States whose licences can be asked by number. */
  connected: readonly string[];
  /** A licence to ask by number at once, or by name, which the officer has confirmed. */
  onScan: (scan: Exclude<Scan, { kind: 'unreadable' }>) => void;
  onClose: () => void;
}

export function ScanPanel({ connected, onScan, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [camera, setCamera] = useState<'starting' | 'on' | 'off'>('starting');
  const [cameraMessage, setCameraMessage] = useState('');
  const [looks, setLooks] = useState(0);
  const [scan, setScan] = useState<Scan | null>(null);

  function read(text: string): void {
    if (field.current) field.current.value = '';
    const read = readScan(text, connected);
    if (read.kind === 'number') onScan(read);
    else setScan(read);
  }

  useEffect(() => {
    dialog.current?.showModal();
    field.current?.focus();
    return () => clearTimeout(pause.current);
  }, []);

  useEffect(() => {
    const left = new AbortController();
    void look(left.signal);
    return () => left.abort();
  }, [looks]);

  async function look(signal: AbortSignal): Promise<void> {
    const isOffered = await readsLicences();
    if (signal.aborted || !video.current) return;
    if (!isOffered) {
      setCamera('off');
      setCameraMessage(NO_DETECTOR);
      return;
    }
    setCamera('on');
    try {
      read(await scannedText(video.current, signal));
    } catch (error) {
      if (!signal.aborted) setCameraMessage(cameraSentence(error));
    }
    if (!signal.aborted) setCamera('off');
  }

  function typed(text: string): void {
    clearTimeout(pause.current);
    if (text.trim()) pause.current = setTimeout(() => read(text), PAUSE_MS);
  }

  function again(): void {
    setScan(null);
    setLooks(looks + 1);
    field.current?.focus();
  }

  return (
    <dialog ref={dialog} class="scan" aria-labelledby="scan-title" onClose={onClose}>
      <h2 id="scan-title">Scan a licence</h2>
      <video ref={video} class="scan-camera" hidden={camera !== 'on'} aria-label="Camera" muted playsInline />
      {camera === 'on' && <p>Hold the large barcode on the back of the licence before the camera.</p>}
      {cameraMessage && <p class="scan-note">{cameraMessage}</p>}
      <label class="scan-label" for="scan-text">
        Hand scanner
      </label>
      <textarea
        ref={field}
        id="scan-text"
        rows={2}
        autocomplete="off"
        autocapitalize="off"
        autocorrect="off"
        spellcheck={false}
        placeholder="Press the trigger of the scanner"
        onInput={(event) => typed(event.currentTarget.value)}
      />
      <p class="scan-result" role="alert">
        {scan?.sentence}
      </p>
      <div class="scan-actions">
        {scan?.kind === 'name' && (
          <button type="button" class="primary" onClick={() => onScan(scan)}>
            Search by name
          </button>
        )}
        {scan && (
          <button type="button" onClick={again}>
            Scan again
          </button>
        )}
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
    </dialog>
  );
}
