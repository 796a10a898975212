'use client'
import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { FormError } from '#components/layout/form-error'
import { Allowed } from '#components/layout/permissions'
import type { ConnectionView } from '#lib/connections/schema'
import type { ReplicationView } from '#lib/replications/schema'
import { CheckBoard } from './check-board.tsx'
import { Intro } from './intro.tsx'
import { type Plan, planOf } from './plan.ts'
import { PlanForm } from './plan-form.tsx'
import { PreviewPanel } from './preview-panel.tsx'
import classes from './replication.module.css'
import { SetupCard } from './setup-card.tsx'
import { Steps } from './steps.tsx'
import { useReplication } from './use-replication.ts'

interface ReplicationProps {
  connection: Pick<ConnectionView, 'id' | 'environment'>
  initial: readonly ReplicationView[]
}

/** Change data capture of a source: what is set up, what another set-up needs, and the changes themselves. */
export const Replication = ({ connection, initial }: ReplicationProps) => {
  const source = connection.id
  const isProduction = connection.environment === 'prod'
  const work = useReplication(source, initial)
  const { views, plan, check, isChecking, problem } = work
  const [isNew, setNew] = useState(initial.length === 0)
  const [isStale, setStale] = useState(false)
  const bench = useRef<HTMLDivElement>(null)
  const view = views.find(({ slot }) => slot === plan?.slot)
  const hasForm = (isNew || views.length === 0) && view === undefined
  const show = async (next: Plan) => {
    setStale(false)
    await work.start(next)
    bench.current?.scrollIntoView({ block: 'start' })
  }
  const open = (next: Plan) => {
    setNew(false)
    void show(next)
  }
  return (
    <div className={classes.page}>
      {views.length === 0 && <Intro />}
      {views.map((one) => (
        <SetupCard
          key={one.id}
          source={source}
          isProduction={isProduction}
          view={one}
          onCheck={() => open(planOf(one))}
          onDrop={(say) => work.drop(one, say)}
          onForgotten={work.forgotten}
        />
      ))}
      <Allowed to="data-sources:replicate" otherwise={<Onlooker isEmpty={views.length === 0} />}>
        {hasForm && <PlanForm source={source} isBusy={isChecking} onChange={() => setStale(true)} onCheck={show} />}
        {!hasForm && (
          <Button
            variant="subtle"
            size="sm"
            className={classes.start ?? ''}
            leftSection={<IconPlus size={15} aria-hidden />}
            onClick={() => {
              work.close()
              setNew(true)
            }}
          >
            Set up another slot
          </Button>
        )}
        <div ref={bench} className={classes.bench}>
          <FormError>{problem}</FormError>
          {check && <CheckBoard check={check} isStale={isStale && hasForm} isRunning={isChecking} />}
          {plan && check && check.steps.length > 0 && (
            <>
              <Steps
                steps={check.steps}
                view={view}
                isProduction={isProduction}
                isStale={isStale && hasForm}
                onTake={work.take}
              />
              <PreviewPanel key={`${plan.publication} ${plan.slot}`} source={source} plan={plan} />
            </>
          )}
          {check && check.steps.length === 0 && <NoSteps />}
        </div>
      </Allowed>
    </div>
  )
}

const Onlooker = ({ isEmpty }: { isEmpty: boolean }) => (
  <p className={classes.dim}>
    {isEmpty ? 'Nothing is set up. ' : ''}Setting it up needs a role that may replicate: an integrator, an administrator
    or the owner of the workspace.
  </p>
)

const NoSteps = () => (
  <p className={classes.dim}>
    There is nothing to set up at the server from here: once everything above holds, a reader can start.
  </p>
)
