// SPDX-License-Identifier: Apache-2.0
// What does the desk hear? Tones that are made here; browsers allow none before somebody has touched the page.
//
//   closed ──a gesture──> open ──the officer says "heard"──> heard
//
// STOP sounds until it is acknowledged; the rest sounds once.

type Tone = readonly (readonly [hertz: number, fromS: number, lengthS: number])[];

const TEST: Tone = [[660, 0, 0.18], [880, 0.22, 0.18], [990, 0.44, 0.3]];
const STOP: Tone = [[880, 0, 0.28], [620, 0.3, 0.28], [880, 0.6, 0.28], [620, 0.9, 0.28]];
const CALL: Tone = [[740, 0, 0.2], [740, 0.3, 0.2]];

const AGAIN_MS = 2_200;
const LOUDNESS = 0.25;

class Sound {
  /** Whether the browser lets the page sound at all. */
  isOpen = $state(false);
  /** Whether the officer has said that the test tone was heard, since the page was loaded. */
  isHeard = $state(false);
  #context: AudioContext | null = null;
  #alarm: ReturnType<typeof setInterval> | null = null;

  /** Call it inside of a gesture. */
  unlock(): void {
    this.#context ??= new AudioContext();
    const context = this.#context;
    void context.resume().then(() => {
      this.isOpen = context.state === "running";
    });
  }

  test(): void {
    this.unlock();
    this.#play(TEST);
  }

  call(): void {
    this.#play(CALL);
  }

  /** STOP sounds as long as `sounds`. */
  stop(sounds: boolean): void {
    if (sounds && this.#alarm === null) {
      this.#play(STOP);
      this.#alarm = setInterval(() => this.#play(STOP), AGAIN_MS);
    }
    if (!sounds && this.#alarm !== null) {
      clearInterval(this.#alarm);
      this.#alarm = null;
    }
  }

  #play(tone: Tone): void {
    const context = this.#context;
    if (context === null) return;
    for (const [hertz, fromS, lengthS] of tone) {
      const source = context.createOscillator();
      const gain = context.createGain();
      const begins = context.currentTime + fromS;
      source.type = "square";
      source.frequency.value = hertz;
      gain.gain.setValueAtTime(LOUDNESS, begins);
      gain.gain.setTargetAtTime(0, begins + lengthS - 0.04, 0.015);
      source.connect(gain).connect(context.destination);
      source.start(begins);
      source.stop(begins + lengthS);
    }
  }
}

export const sound = new Sound();
