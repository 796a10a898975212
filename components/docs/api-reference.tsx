import classes from './api-reference.module.css'
import { Endpoint } from './endpoint.tsx'
import type { ApiDocument, ProblemRow } from './model.ts'
import { endpointsByTag } from './model.ts'

interface Props {
  /** The OpenAPI document; we wrote it ourselves, so its shape is known. */
  document: Record<string, unknown>
  problems: ProblemRow[]
}

/** The API reference, rendered on the server from the OpenAPI document; works without JavaScript and without a network. */
export const ApiReference = ({ document: written, problems }: Props) => {
  const document = written as unknown as ApiDocument
  const groups = endpointsByTag(document)
  return (
    <div className={classes.page}>
      <nav className={classes.index} aria-label="API sections">
        <strong className={classes.title}>{document.info.title}</strong>
        {groups.map(({ tag }) => (
          <a key={tag} href={`#${tag}`}>
            {tag}
          </a>
        ))}
        <a href="#problems">errors</a>
        <a href="/api/openapi.json">openapi.json</a>
      </nav>
      <main className={classes.content}>
        <h1>{document.info.title}</h1>
        <p className={classes.lead}>{withCode(document.info.description)}</p>
        <p className={classes.lead}>
          Send <code>Authorization: Bearer &lt;api key&gt;</code> with every request; keys are made under API keys, or
          with <code>npm run admin -- api-key create</code>.
        </p>
        {groups.map(({ tag, endpoints }) => (
          <section key={tag} id={tag} className={classes.group}>
            <h2>{tag}</h2>
            {endpoints.map((endpoint) => (
              <Endpoint key={endpoint.id} endpoint={endpoint} />
            ))}
          </section>
        ))}
        <section id="problems" className={classes.group}>
          <h2>errors</h2>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">Status</th>
                <th scope="col">Code</th>
                <th scope="col">Title</th>
              </tr>
            </thead>
            <tbody>
              {problems.map(({ code, status, title }) => (
                <tr key={code} id={`problem-${code}`}>
                  <td>{status}</td>
                  <td>
                    <code>{code}</code>
                  </td>
                  <td>{title}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </main>
    </div>
  )
}

/** Text between backticks is code; the document says the rest in plain sentences. */
const withCode = (text: string) =>
  text.split('`').map((part, index) => (index % 2 === 1 ? <code key={part}>{part}</code> : part))
