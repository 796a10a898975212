import classes from './replication.module.css'

/** What change data capture is, and what will happen, to who has never set it up. */
export const Intro = () => (
  <section className={classes.intro} aria-label="About change data capture">
    <h2>Capture changes instead of copying tables</h2>
    <p>
      A database writes down every change before it makes it. Change data capture reads that log: inserts, updates and
      deletes arrive within seconds, deletes are not missed, and nobody queries the tables again and again.
    </p>
    <ol>
      <li>
        <b>Choose tables.</b> Nothing happens at the source yet.
      </li>
      <li>
        <b>Check.</b> Everything it needs is looked at, and what is missing comes with the statement that mends it.
      </li>
      <li>
        <b>Run the steps.</b> Each shows its statement before it runs, and can be undone.
      </li>
      <li>
        <b>Watch.</b> A source keeps changes until they are read, and that fills a disk: how far the reader is behind is
        looked at every 5 minutes and raises an alert.
      </li>
    </ol>
  </section>
)
