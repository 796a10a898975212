import { Keys } from '#components/layout/keys'
import classes from './queries.module.css'

const shortcuts: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['Ctrl', '↵'], 'Run the selection, or the statement at the cursor'],
  [['Ctrl', 'Shift', '↵'], 'Run every statement, one result each'],
  [['Ctrl', 'Shift', 'E'], 'Explain how the planner would run it'],
  [['Ctrl', 'Space'], 'Complete tables, columns and joins'],
  [['Shift', 'Alt', 'F'], 'Format'],
  [['Ctrl', 'S'], 'Save the query under a name'],
  [['Ctrl', '/'], 'Turn lines into comments and back'],
  [['Ctrl', 'F'], 'Search'],
  [['Esc'], 'Cancel what runs; with Tab behind it, leave the editor'],
]

/** Before anything was run: how to begin. On a Mac it is ⌘ instead of Ctrl. */
export const EmptyResult = () => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
  <section className={classes.empty} aria-label="Result" tabIndex={0}>
    <h2>Run a statement to see its rows here</h2>
    <p>Choose a table at the left, or write. Values go in as parameters: :customer.</p>
    <dl>
      {shortcuts.map(([keys, what]) => (
        <div key={what}>
          <dt>
            <Keys keys={keys} />
            <span className={classes.hidden}>{keys.join(' + ')}</span>
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
    <p className={classes.dim}>On a Mac, ⌘ takes the place of Ctrl.</p>
  </section>
)
