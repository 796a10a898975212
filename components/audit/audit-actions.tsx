'use client'
import { Button, Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import { Allowed } from '#components/layout/permissions'
import { showToast } from '#components/layout/toast'
import { withQuery } from '#lib/client/api'
import { downloadApi } from '#lib/client/download'
import { sentenceOf } from '#lib/client/problem'
import classes from './audit.module.css'
import { type AuditQuery, auditFilterOf } from './audit-query.ts'
import { VerifyButton } from './verify-button.tsx'

/** What one can do with the trail that is on screen. */
export const AuditActions = ({ query }: { query: AuditQuery }) => {
  const [isBusy, setBusy] = useState(false)
  const save = async (format: 'csv' | 'ndjson') => {
    setBusy(true)
    try {
      await downloadApi(withQuery('/api/audit/export', { ...auditFilterOf(query), format }), `audit.${format}`)
    } catch (problem) {
      await showToast({ id: 'audit-export', title: 'Not exported', message: sentenceOf(problem) })
    }
    setBusy(false)
  }
  return (
    <span className={classes.actions}>
      <VerifyButton />
      <Allowed to="audit:export">
        <Menu position="bottom-end" offset={4}>
          <Menu.Target>
            <Button
              variant="default"
              loading={isBusy}
              rightSection={<IconChevronDown size={14} stroke={1.8} aria-hidden />}
            >
              Export
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => void save('csv')}>CSV, for spreadsheets</Menu.Item>
            <Menu.Item onClick={() => void save('ndjson')}>NDJSON, for programs</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Allowed>
    </span>
  )
}
