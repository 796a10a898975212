import classes from './api-reference.module.css'
import type { EndpointModel, FieldRow } from './model.ts'

export const Endpoint = ({ endpoint }: { endpoint: EndpointModel }) => (
  <article className={classes.endpoint} id={endpoint.id}>
    <h3>
      <span className={classes.method} data-method={endpoint.method}>
        {endpoint.method}
      </span>{' '}
      <code>{endpoint.path}</code>
    </h3>
    <p>
      {endpoint.summary}.{' '}
      <span className={classes.permission}>
        {endpoint.permission ? `Needs ${endpoint.permission}` : 'Needs no sign-in'}
      </span>
    </p>
    <Fields caption="Parameters" rows={endpoint.parameters} />
    <Fields caption="Body" rows={endpoint.body} />
    <details>
      <summary>
        Answer {endpoint.status}
        {endpoint.types.length > 0 && ` · ${endpoint.types.join(', ')}`}
      </summary>
      <Fields caption="Fields of the answer" rows={endpoint.answer} />
    </details>
  </article>
)

const Fields = ({ caption, rows }: { caption: string; rows: FieldRow[] }) => {
  if (rows.length === 0) return null
  return (
    <table className={classes.table}>
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Type</th>
          <th scope="col">Rules</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <td>
              <code>{row.name}</code>
            </td>
            <td>{row.type}</td>
            <td>{row.rules}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
