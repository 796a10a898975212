import { formatNumber } from '#lib/format/number'
import type { ChartChoice, ChartPoint } from './chart-data.ts'
import { VisibleText } from './grid/cell-view.tsx'
import classes from './results.module.css'

interface ChartTableProps {
  choice: ChartChoice
  points: readonly ChartPoint[]
  names: readonly string[]
}

const most = 100

/** What is drawn, for whoever does not see it. */
export const ChartTable = ({ choice, points, names }: ChartTableProps) => (
  <details className={classes.chartTable}>
    <summary>What is drawn, as a table</summary>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long table has to be scrolled with keys as well */}
    <section tabIndex={0} aria-label="What is drawn">
      <table>
        <thead>
          <tr>
            {[choice.x, ...choice.ys].map((index) => (
              <th key={index} scope="col">
                {names[index]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.slice(0, most).map(({ label, ys }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: points have no name of their own
            <tr key={at}>
              <th scope="row">
                <VisibleText text={label} />
              </th>
              {choice.ys.map((y, place) => (
                <td key={y}>{ys[place] == null ? 'none' : formatNumber(ys[place])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {points.length > most && <p>… {formatNumber(points.length - most)} more</p>}
    </section>
  </details>
)
