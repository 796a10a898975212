import type { Problem } from './schema.ts'

/** A wrong place of a chain. */
export type Finding = Pick<Problem, 'seq' | 'until' | 'event_id' | 'kind'>

/** More lines than these help nobody; neighbours that are wrong in one way are one line. */
const problemsMax = 100

/** Every place that is wrong, as ranges: what is found is bounded, what it covers is not. */
export class Findings {
  readonly #ranges: (Finding & { events: number })[] = []
  #count = 0

  add(finding: Finding): void {
    const last = this.#ranges.at(-1)
    if (last && continues(last, finding)) {
      last.until = Math.max(last.until, finding.until)
      last.events += finding.until - finding.seq + 1
      return
    }
    this.#count += 1
    if (this.#ranges.length < problemsMax * 2)
      this.#ranges.push({ ...finding, events: finding.until - finding.seq + 1 })
  }

  /** In the order of the chain. */
  get problems(): Problem[] {
    const sorted = this.#ranges.toSorted((a, b) => a.seq - b.seq || a.until - b.until)
    return sorted.slice(0, problemsMax).map((range) => ({ ...range, ...sentencesOf(range) }))
  }

  get count(): number {
    return this.#count
  }
}

// What was put in has no place of its own: all that lie behind one event are one line.
const continues = (last: Finding, next: Finding): boolean =>
  last.kind === next.kind &&
  (next.seq === last.until + 1 || (next.seq === last.seq && (next.kind === 'foreign' || next.kind === 'unsealed')))

const sentencesOf = ({ seq, until, events, kind }: Finding & { events: number }) => {
  const [one, many, advice] = sentences[kind]
  const text = events === 1 ? one : many
  return { sentence: fill(text, { seq, until, events }), advice }
}

const fill = (text: string, values: Record<string, number>): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))

const restore =
  'Compare it with a destination of the trail or with a backup, and find out who can write to the database as its owner or a superuser.'

/** Of one event, of several, and what to do. */
const sentences: Readonly<Record<Problem['kind'], readonly [string, string, string]>> = {
  changed: [
    'The event at {seq} is not as it was when it was sealed, or was put in by somebody else.',
    'The events from {seq} to {until} are not as they were when they were sealed, or were put in by somebody else.',
    restore,
  ],
  misplaced: [
    'The event at {seq} is real and not in its place: moved, copied, or sealed again by somebody else.',
    'The events from {seq} to {until} are real and not in their places: moved, copied, or sealed again by somebody else.',
    restore,
  ],
  missing: [
    'The event at {seq} is missing: deleted, or lost when the database was put back.',
    'The events from {seq} to {until} are missing: deleted, or lost when the database was put back.',
    `If a backup was restored, this is what it lost. Otherwise: ${restore}`,
  ],
  truncated: [
    'The trail once went on to {until} and ends before it: its end was deleted, or the database was put back to an older state.',
    'The trail once went on to {until} and ends before {seq}: its end was deleted, or the database was put back to an older state.',
    `If a backup was restored, this is what it lost. Otherwise: ${restore}`,
  ],
  unsealed: [
    'An event behind {seq} was taken out of the queue before it was sealed.',
    '{events} events behind {seq} were taken out of the queue before they were sealed.',
    restore,
  ],
  foreign: [
    'An event at {seq} was not written by Jackfield.',
    '{events} events at {seq} were not written by Jackfield.',
    'Somebody wrote into the trail. Find out who can write to the database besides Jackfield, and change its passwords.',
  ],
  rewritten: [
    'A checkpoint says that the trail was another one up to {seq}: it was rewritten.',
    'Checkpoints say that the trail was another one up to {until}: it was rewritten.',
    restore,
  ],
  forged: [
    'A checkpoint of {seq} is not signed by this installation.',
    'Checkpoints of {seq} to {until} are not signed by this installation.',
    'Make sure that keys/audit.key is the one that belongs to this database; otherwise somebody put the checkpoint in.',
  ],
}
