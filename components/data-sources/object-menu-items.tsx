'use client'
import { Menu } from '@mantine/core'
import { useRouter } from 'next/navigation'
import type { NamedObject, WholeObject } from '#lib/data-sources/objects'
import type { ExplorerSource } from './explorer-source.ts'
import { objectActions } from './object-actions.ts'
import { saidIfFailed, takeAlong } from './take-along.ts'

interface ObjectMenuItemsProps {
  object: NamedObject
  source: ExplorerSource
  /** The same with what a routine does, which the tree does not know. */
  load: () => Promise<WholeObject>
}

/** Items of a menu about a routine, an enum or an extension. */
export const ObjectMenuItems = ({ object, source, load }: ObjectMenuItemsProps) => {
  const router = useRouter()
  const { changes, definition, ...names } = objectActions
  const copy = async (label: string, text: string) => {
    if (text === '') throw new Error('This login cannot see its definition, or it is not text.')
    await takeAlong(text, label)
  }
  const item = ({ label, icon: Icon }: (typeof objectActions)[keyof typeof objectActions], onClick: () => void) => (
    <Menu.Item key={label} leftSection={<Icon size={16} stroke={1.6} aria-hidden />} onClick={onClick}>
      {label}
    </Menu.Item>
  )
  return (
    <>
      {Object.values(names).map((one) => item(one, () => saidIfFailed(copy(one.label, one.text(object, source)))))}
      {item(definition, () =>
        saidIfFailed(load().then((whole) => copy(definition.label, definition.text(whole, source)))),
      )}
      {item(changes, () => router.push(changes.href(object, source)))}
    </>
  )
}
