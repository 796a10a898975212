import { ButtonLink } from '#components/layout/button-link'
import type { WholeObject } from '#lib/data-sources/objects'
import { plural } from '#lib/format/number'
import { CopyText } from './copy-text.tsx'
import { DetailTitle } from './detail-title.tsx'
import classes from './explorer.module.css'
import type { ExplorerSource } from './explorer-source.ts'
import { definitionOf, objectActions } from './object-actions.ts'
import { objectKind } from './object-kinds.ts'

interface ObjectDetailProps {
  object: WholeObject
  source: ExplorerSource
}

/** Everything known of a routine, an enum or an extension. */
export const ObjectDetail = ({ object, source }: ObjectDetailProps) => {
  const { qualified, changes } = objectActions
  const { icon, label } = objectKind(object)
  const definition = definitionOf(object, source.writing)
  return (
    <>
      <header className={classes.detailHead}>
        <DetailTitle icon={icon} name={object}>
          <CopyText label={qualified.label} text={qualified.text(object, source)} />
          <ButtonLink
            href={changes.href(object, source)}
            variant="default"
            size="compact-sm"
            leftSection={<changes.icon size={13} aria-hidden />}
          >
            {changes.label}
          </ButtonLink>
        </DetailTitle>
        <p className={classes.facts}>
          <span>{label}</span>
          {object.type === 'routine' && object.language && <span>{object.language}</span>}
          {object.type === 'enum' && <span>{plural(object.labels.length, 'label')}</span>}
          {object.type === 'extension' && <span>version {object.version}</span>}
        </p>
        {object.comment && <p className={classes.detailComment}>{object.comment}</p>}
      </header>
      <section className={classes.objectBody} aria-label={`What is known of ${object.name}`}>
        {object.type === 'routine' && <Signature {...object} />}
        {object.type === 'enum' && <Labels labels={object.labels} />}
        <section className={classes.definition} aria-label="Definition">
          <h3 className={classes.keysTitle}>{object.type === 'routine' ? 'What it does' : 'Definition'}</h3>
          {definition === null ? (
            <p className={classes.noDefinition}>
              The login of this connection cannot see what it does, or it is not kept as text.
            </p>
          ) : (
            <>
              <CopyText label="Copy definition" text={definition} />
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
              <pre tabIndex={0}>{withoutBlankEnds(definition)}</pre>
            </>
          )}
        </section>
      </section>
    </>
  )
}

/** As bodies are written between marks of their own. */
const withoutBlankEnds = (text: string): string => text.replace(/^(\s*\n)+|\s+$/g, '')

const Signature = (routine: Pick<Extract<WholeObject, { type: 'routine' }>, 'arguments' | 'returns'>) => (
  <dl className={classes.signature}>
    <dt>Arguments</dt>
    <dd>{routine.arguments === '' ? <span className={classes.dim}>none</span> : <code>{routine.arguments}</code>}</dd>
    <dt>Returns</dt>
    <dd>{routine.returns === null ? <span className={classes.dim}>nothing</span> : <code>{routine.returns}</code>}</dd>
  </dl>
)

const Labels = ({ labels }: { labels: readonly string[] }) => (
  <section className={classes.labels} aria-label="Labels">
    <h3 className={classes.keysTitle}>Labels, in their order</h3>
    <ol>
      {labels.map((label) => (
        <li key={label}>
          <code>{label}</code>
        </li>
      ))}
    </ol>
  </section>
)
