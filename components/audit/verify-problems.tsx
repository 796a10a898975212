import type { ChainReport } from '#lib/audit/schema'
import { formatNumber, plural } from '#lib/format/number'
import classes from './audit.module.css'

/** Up to where a chain is whole, and what is wrong from there on. */
export const ProblemList = ({ chain, problems, problem_count }: ChainReport) => {
  const [first] = problems
  if (!first) return null
  const name = chain === 'system' ? 'Events of no workspace' : 'Events of this workspace'
  return (
    <section aria-label={name}>
      <h3 className={classes.chain}>{name}</h3>
      <p className={classes.until}>{wholeUntil(first.seq - 1)}</p>
      <ol className={classes.problems}>
        {problems.map(({ seq, until, kind, event_id, sentence, advice }) => (
          <li key={`${seq} ${until} ${kind}`}>
            <strong>{seq === until ? formatNumber(seq) : `${formatNumber(seq)} – ${formatNumber(until)}`}</strong>
            <p>{sentence}</p>
            {event_id !== null && <code>{event_id}</code>}
            <p className={classes.advice}>{advice}</p>
          </li>
        ))}
      </ol>
      {problem_count > problems.length && (
        <p>{plural(problem_count - problems.length, 'more problem')} behind these.</p>
      )}
    </section>
  )
}

const wholeUntil = (seq: number): string =>
  seq === 0 ? 'Wrong from the first event on.' : `Whole up to event ${formatNumber(seq)}.`
