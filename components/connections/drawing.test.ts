import { MantineProvider } from '@mantine/core'
import { AppRouterContext } from 'next/dist/shared/lib/app-router-context.shared-runtime'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { allManifests, formFields } from '#lib/connectors/catalog'
import { ConnectionForm } from './connection-form.tsx'
import { isShown } from './form-settings.ts'
import { emptyValues } from './form-values.ts'

const manifests = allManifests().map((manifest) => [manifest.id, manifest] as const)

/** The form of a new connection as the server sends it. */
const drawn = (manifest: (typeof manifests)[number][1]): string => {
  const form = createElement(ConnectionForm, {
    type: manifest.id,
    fields: formFields(manifest),
    role: manifest.roles[0],
    preset: undefined,
    view: undefined,
    isShared: false,
    canBind: true,
    canAttach: true,
    choices: [],
    refusal: undefined,
  })
  const page = createElement(MantineProvider, null, form)
  return renderToStaticMarkup(createElement(AppRouterContext.Provider, { value: {} as never }, page))
}

test.each(manifests)('the form of %s draws every setting that is shown, and none that is not', (_, manifest) => {
  const html = drawn(manifest)
  const fields = formFields(manifest)
  const values = emptyValues(manifest, fields, manifest.roles[0])
  for (const field of fields)
    expect(html.includes(`id="field-config-${field.name}"`), field.name).toBe(isShown(field, values, fields))
})

test.each(manifests)('the form of %s has a login exactly where there is one', (_, manifest) => {
  const html = drawn(manifest)
  expect(html.includes('>Login</h2>')).toBe(manifest.credentials.length > 0)
  expect(html.includes('>No login<')).toBe(manifest.loginOptional === true)
})
