'use client'
import { Button } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import Link from 'next/link'
import { useState } from 'react'
import { FormError } from '#components/layout/form-error'
import { callApi } from '#lib/client/api'
import { sentenceOf } from '#lib/client/problem'
import { formatNumber, plural } from '#lib/format/number'
import type { DoctorView } from '#lib/keys/schema'
import classes from './encryption-keys.module.css'

/** Opens every stored secret once, in the engine, and says which do not. */
export const KeyCheck = () => {
  const [report, setReport] = useState<DoctorView>()
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const examine = async () => {
    setBusy(true)
    setError(undefined)
    try {
      setReport((await callApi<DoctorView>('/api/keys/doctor')).data)
    } catch (problem) {
      setError(sentenceOf(problem))
    }
    setBusy(false)
  }
  return (
    <>
      <Button variant="default" loading={isBusy} onClick={examine}>
        Check all secrets
      </Button>
      <div className={classes.report} aria-live="polite">
        <FormError>{error}</FormError>
        {report && <Report report={report} />}
      </div>
    </>
  )
}

const Report = ({ report: { healthy, opened, problem_count, problems, keys, advice } }: { report: DoctorView }) => (
  <div className={classes.result} data-healthy={healthy || undefined}>
    {healthy ? (
      <IconCircleCheck size={17} stroke={1.8} aria-hidden />
    ) : (
      <IconAlertTriangle size={17} stroke={1.8} aria-hidden />
    )}
    <div>
      <p>
        {healthy
          ? `All ${formatNumber(opened)} secrets open.`
          : `${plural(problem_count, 'secret')} ${problem_count === 1 ? 'does' : 'do'} not open.`}
      </p>
      <ul>
        {problems.map(({ credential_id, version, name, problem }) => (
          <li key={`${credential_id} ${version}`}>
            <Link href={`/workspace/credentials/${credential_id}`}>{name}</Link> (version {version}): {problem}
          </li>
        ))}
        {[...keys, ...advice].map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  </div>
)
