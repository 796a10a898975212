import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { credentialKinds } from '#lib/credentials/kinds'
import { allManifests, connectorIds, formFields, manifestOf } from './catalog.ts'
import { type Capability, connectorCategories, field, fieldUi, type Manifest } from './contract.ts'
import { drivers } from './drivers.gen.ts'
import { icons } from './icons.gen.ts'
import { presetIcons } from './preset-icons.gen.ts'
import { manifests } from './registry.gen.ts'

const read = (id: string, file: string) => readFileSync(path.join(import.meta.dirname, id, file), 'utf8')
const driverOf = async (id: string): Promise<Record<string, unknown>> => {
  const load = Object.entries(drivers).find(([name]) => name === id)?.[1]
  return { ...(await load?.())?.driver }
}

/** `{ 'group/name': 1 }` as it is sent. */
const nested = (flat: Record<string, unknown>): Record<string, unknown> => {
  const config: Record<string, Record<string, unknown>> = {}
  for (const [name, value] of Object.entries(flat)) {
    const [group = '', member] = name.split('/')
    if (member === undefined) Object.assign(config, { [group]: value })
    else config[group] = { ...config[group], [member]: value }
  }
  return config
}

it('knows every folder', () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith('_'),
  )
  expect(connectorIds).toEqual(folders.map((entry) => entry.name).sort())
  expect(Object.keys(drivers)).toEqual(Object.keys(manifests))
})

it('gives every preset and connector an id of its own', () => {
  const ids = allManifests().flatMap((manifest) => [
    manifest.id,
    ...manifest.presets.map((preset) => `${manifest.id}:${preset.id}`),
  ])
  expect(new Set(ids).size).toBe(ids.length)
})

it('keeps the words of a field to itself, also where others share its schema', () => {
  const labels = allManifests().map(
    (manifest) => formFields(manifest).find(({ name }) => name === 'ssh_tunnel/host')?.label,
  )
  expect([...new Set(labels.filter(Boolean))]).toEqual(['SSH host'])
  const shared = z.string()
  field(shared, { label: 'One' })
  expect(fieldUi.get(shared)).toBeUndefined()
})

it('answers for an unknown connector with the ones there are', () => {
  for (const type of ['nope', '__proto__', 'constructor', ''])
    expect(() => manifestOf(type)).toThrow(/There is no connector/)
})

describe.each(allManifests().map((manifest): [string, Manifest] => [manifest.id, manifest]))('%s', (id, manifest) => {
  const fields = formFields(manifest)
  const names = fields.map((field) => field.name)

  it('is named after its folder', () => expect(manifest.id).toBe(id))
  it('stands in a category and has a sentence', () => {
    expect(Object.keys(connectorCategories)).toContain(manifest.category)
    expect(manifest.summary).toMatch(/^[A-Z].*\.$/)
    expect(manifest.verifiedAgainst.length).toBeGreaterThan(0)
  })
  it('labels every field and explains every option', () => {
    for (const field of fields) {
      expect(field.label, field.name).toMatch(/^[A-Z]/)
      expect(field.help, field.name).toMatch(/\.$/)
      expect(field.group, field.name).toBeDefined()
      if (field.enum) expect(Object.keys(field.options ?? {}).sort()).toEqual([...field.enum].sort())
    }
  })
  it('shows a field by another one that is there, and has the value', () => {
    for (const { name, when } of fields) {
      if (!when) continue
      const beside = `${name.slice(0, name.lastIndexOf('/') + 1)}${when.field}`
      const ruler = fields.find((field) => field.name === beside) ?? fields.find((field) => field.name === when.field)
      expect(ruler, `${name} depends on ${when.field}`).toBeDefined()
      expect(names.indexOf(ruler?.name ?? '')).toBeLessThan(names.indexOf(name))
      expect(ruler?.enum ?? ['true', 'false']).toEqual(expect.arrayContaining([...when.in]))
    }
  })
  it('never shows a placeholder that looks like a value', () => {
    const shown = [
      ...fields,
      ...manifest.presets.flatMap((preset) =>
        Object.values(preset.placeholders ?? {}).map((placeholder) => ({ placeholder })),
      ),
    ]
    for (const { placeholder } of shown)
      if (placeholder !== undefined) expect(placeholder).toMatch(/^(e\.g\. |-----BEGIN)/)
  })
  it('keeps secrets out of its settings', () =>
    expect(names.filter((name) => /pass|secret|token|private|api_?key|credential/i.test(name))).toEqual([]))
  it('refuses settings it does not know', () => {
    const parsed = manifest.config.safeParse({ __unknown: 1 })
    expect(parsed.error?.issues.some((issue) => issue.code === 'unrecognized_keys')).toBe(true)
  })
  it('accepts every value its presets fill in', () => {
    for (const preset of manifest.presets) {
      const parsed = manifest.config.safeParse(nested(preset.config))
      const given = Object.keys(preset.config).map((name) => name.split('/')[0])
      const wrong = parsed.error?.issues.filter(
        ({ path, code }) => code === 'unrecognized_keys' || given.includes(String(path[0])),
      )
      expect(wrong ?? [], preset.id).toEqual([])
      const { kind, config = {} } = preset.credential ?? {}
      if (kind) {
        expect(manifest.credentials, preset.id).toContain(kind)
        expect(Object.keys(credentialKinds[kind].meta.shape)).toEqual(expect.arrayContaining(Object.keys(config)))
      }
      expect(preset.help, preset.id).toMatch(/\.$/)
    }
  })
  it('maps the flat body to real fields', () => {
    const { host, port, schema, login, password } = manifest.flat
    for (const target of [host, port, schema]) if (target !== undefined) expect(names).toContain(target)
    if (login) expect(Object.keys(credentialKinds[login.kind].meta.shape)).toContain(login.field)
    if (password) expect(Object.keys(credentialKinds[password.kind].secret.shape)).toContain(password.field)
  })
  it('implements exactly what it declares', async () => {
    const declared: Capability[] = [...new Set<Capability>(['test', ...manifest.capabilities])]
    expect(Object.keys(await driverOf(id)).sort()).toEqual(declared.sort())
  })
  it('comes with an icon and a guide', () => {
    expect(icons[id]).toMatch(/^<svg [^>]*viewBox=/)
    expect(icons[id]).not.toMatch(/<script|href=|on\w+=|<foreignObject|url\(/i)
    expect(read(id, 'guide.md')).toMatch(/^# .+\n[\s\S]{400,}/)
  })
  it('has a logo of a preset only for presets it has, as inert as its own', () => {
    for (const [key, svg] of Object.entries(presetIcons).filter(([name]) => name.startsWith(`${id}/`))) {
      expect(manifest.presets.map((preset) => `${id}/${preset.id}`)).toContain(key)
      expect(svg).toMatch(/^<svg [^>]*viewBox=/)
      expect(svg).not.toMatch(/<script|href=|on\w+=|<foreignObject|url\(/i)
    }
  })
  it('turns nothing it does not know into a form, and never throws at a paste', () => {
    for (const text of ['', 'hello', 'gopher://example.com/?a=b', '\0', '://', 'x'.repeat(100_000)])
      expect(manifest.parseUrl?.(text)).toBeUndefined()
  })
  it('reads nothing but texts out of a paste, also where it names what every object has', () => {
    const hostile = ['__proto__', 'constructor', 'toString'].flatMap((name) => [
      `${manifest.id}://u:p@h.example/d?sslmode=${name}&ssl=${name}&tls=${name}&${name}=x`,
      `${manifest.id}+x://${name}:${name}@h.example/${name}`,
      `{"conn_type":"${manifest.id}","host":"h","extra":{"${name}":{"a":1},"sslmode":"${name}"}}`,
    ])
    for (const text of hostile) {
      const parsed = manifest.parseUrl?.(text)
      for (const value of Object.values({ ...parsed?.config, ...parsed?.credential }))
        expect(['string', 'number', 'boolean'], text).toContain(typeof value)
    }
  })
})
