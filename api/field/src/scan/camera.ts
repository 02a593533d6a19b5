/** The camera, and the browser's own detector of barcodes. Nothing that it sees is kept or sent. */

interface DetectedBarcode {
  rawValue: string;
}

interface Detector {
  detect(source: HTMLVideoElement): Promise<DetectedBarcode[]>;
}

interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

const FORMAT = 'pdf417';
const LOOKS_MS = 150;
const VIDEO = { facingMode: { ideal: 'environment' }, width: { ideal: 1920 }, height: { ideal: 1080 } };

export const NO_DETECTOR = 'This browser cannot read a licence’s barcode. Use a hand scanner, or type the number.';
const SENTENCES = new Map([
  ['NotAllowedError', 'The camera is not allowed for this page. Allow it in the browser, or use a hand scanner.'],
  ['NotFoundError', 'No camera was found. Use a hand scanner, or type the number.'],
  ['NotReadableError', 'Another program uses the camera. Close it, or use a hand scanner.'],
]);

function detectorClass(): DetectorClass | undefined {
  return (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
}

/** Whether this browser reads the barcode of licences: Chrome on Android and macOS does. */
export async function readsLicences(): Promise<boolean> {
  try {
    return (await detectorClass()?.getSupportedFormats())?.includes(FORMAT) ?? false;
  } catch {
    return false;
  }
}

/**
 * The text of the first barcode before the camera, shown in `video` meanwhile. The camera is off when this ends.
 *
 * Throws the signal's reason when it is aborted, and what `cameraSentence` explains if there is no camera.
 */
export async function scannedText(video: HTMLVideoElement, signal: AbortSignal): Promise<string> {
  const Detector = detectorClass();
  if (!Detector) throw new Error(NO_DETECTOR);
  const detector = new Detector({ formats: [FORMAT] });
  const stream = await navigator.mediaDevices.getUserMedia({ video: VIDEO });
  try {
    signal.throwIfAborted();
    video.srcObject = stream;
    await video.play();
    for (;;) {
      const [barcode] = await detector.detect(video);
      signal.throwIfAborted();
      if (barcode) return barcode.rawValue;
      await new Promise((resolve) => setTimeout(resolve, LOOKS_MS));
      signal.throwIfAborted();
    }
  } finally {
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  }
}

export function cameraSentence(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  return SENTENCES.get(name) ?? 'The camera did not work. Use a hand scanner, or type the number.';
}
