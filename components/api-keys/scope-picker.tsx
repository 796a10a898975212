'use client'
import { Button, Checkbox } from '@mantine/core'
import { usePermissions } from '#components/layout/permissions'
import type { Permission } from '#lib/auth/permissions'
import form from '../layout/form.module.css'
import classes from './api-keys.module.css'
import { scopeGroups, scopeWords } from './scopes.ts'

/** What a runner needs: to see what there is, and to log in to it. */
const forPipelines = ['connections:read', 'connections:test', 'connections:resolve'] satisfies Permission[]

interface ScopePickerProps {
  value: readonly string[]
  onChange(scopes: string[]): void
}

/** What a key may do: one's own permissions, by what they are about. */
export const ScopePicker = ({ value, onChange }: ScopePickerProps) => {
  const mine = usePermissions()
  const readOnly = mine.filter((scope) => scope.endsWith(':read'))
  // Receiving secrets is never part of everything: it needs a reach, and a key with one cannot do the rest.
  const everything = mine.filter((scope) => scope !== 'connections:resolve')
  return (
    <Checkbox.Group
      label={`Scopes: ${value.length} of ${mine.length}`}
      description="What the key may do; never more than you."
      value={[...value]}
      onChange={onChange}
    >
      <div className={classes.presets}>
        <Button size="compact-xs" variant="default" onClick={() => onChange(readOnly)}>
          Read only
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => onChange(everything)}>
          Everything I may
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => onChange([])}>
          None
        </Button>
        {mine.includes('connections:resolve') && (
          <Button size="compact-xs" variant="default" onClick={() => onChange([...forPipelines])}>
            For pipelines
          </Button>
        )}
      </div>
      <div className={classes.groups}>
        {scopeGroups.map(([title, prefixes]) => (
          <ScopeGroup key={title} title={title} scopes={mine.filter((scope) => prefixes.includes(familyOf(scope)))} />
        ))}
      </div>
    </Checkbox.Group>
  )
}

const ScopeGroup = ({ title, scopes }: { title: string; scopes: readonly Permission[] }) =>
  scopes.length > 0 && (
    <fieldset className={classes.group}>
      <legend className={form.note}>{title}</legend>
      {scopes.map((scope) => (
        <Checkbox key={scope} value={scope} label={<span title={scope}>{scopeWords[scope]}</span>} size="xs" />
      ))}
    </fieldset>
  )

const familyOf = (scope: Permission): string => scope.split(':')[0] ?? scope
