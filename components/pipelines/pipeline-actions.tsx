'use client'
import { Button } from '@mantine/core'
import dynamic from 'next/dynamic'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { callApi, etagOf } from '#lib/client/api'
import { sentenceOf } from '#lib/client/problem'
import type { PipelineView } from '#lib/pipelines/schema'
import { showToast } from '../layout/toast.tsx'
import { pipelineHref } from './list-query.ts'

const QuestionDialog = dynamic(() => import('../layout/question-dialog.tsx').then((module) => module.QuestionDialog), {
  ssr: false,
})

const at = ({ key }: { key: string }) => `/api/pipelines/${encodeURIComponent(key)}`

/** Takes a pipeline out of the way, or brings it back; and forgets it. */
export const PipelineActions = ({ pipeline }: { pipeline: PipelineView }) => {
  const router = useRouter()
  const [isBusy, setBusy] = useState(false)
  const [isAsking, setAsking] = useState(false)
  const toast = { id: `pipeline:${pipeline.id}` }
  const toggle = async () => {
    setBusy(true)
    try {
      const body = { active: !pipeline.active }
      await callApi(at(pipeline), { method: 'PATCH', body, ifMatch: etagOf(pipeline) })
      router.refresh()
    } catch (error) {
      await showToast({ ...toast, title: 'Nothing was changed', message: sentenceOf(error), color: 'red' })
    }
    setBusy(false)
  }
  const forget = async () => {
    await callApi(at(pipeline), { method: 'DELETE', ifMatch: etagOf(pipeline) })
    const message = 'It appears again when it registers again.'
    await showToast({ ...toast, title: `${pipeline.name} was removed`, message })
    router.push(pipelineHref('').replace(/\/$/, ''))
    router.refresh()
  }
  return (
    <>
      <Button variant="default" onClick={toggle} loading={isBusy}>
        {pipeline.active ? 'Deactivate' : 'Activate'}
      </Button>
      <Button variant="default" onClick={() => setAsking(true)}>
        Delete
      </Button>
      {isAsking && (
        <QuestionDialog
          title={`Delete ${pipeline.name}?`}
          action="Delete pipeline"
          isDangerous
          onConfirm={forget}
          onClose={() => setAsking(false)}
        >
          <p>
            Its connections are no longer protected from being deleted. The pipeline itself goes on running where it
            runs, and appears here again when it registers again.
          </p>
        </QuestionDialog>
      )}
    </>
  )
}
