import * as z from 'zod'

/** All tabs together, in the characters of their statements. */
export const tabsMax = { tabs: 50, characters: 900_000 } as const

const editorTab = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,64}$/, 'Use lower-case letters, digits and hyphens.'),
  name: z.string().max(128),
  sql: z.string().max(tabsMax.characters),
  /** The saved query it was opened from. */
  saved_query: z.string().max(64).nullable().default(null),
  /** What was last put in for the parameters of its statements, by their names; null for NULL. */
  parameters: z.record(z.string().max(128), z.string().max(10_000).nullable()).default({}),
})
export type EditorTab = z.output<typeof editorTab>

const tabsOf = {
  tabs: z
    .array(editorTab)
    .max(tabsMax.tabs, `Keep at most ${tabsMax.tabs} tabs open.`)
    .refine((tabs) => new Set(tabs.map(({ id }) => id)).size === tabs.length, 'Each tab has an id of its own.')
    .refine(
      (tabs) => tabs.reduce((sum, { sql }) => sum + sql.length, 0) <= tabsMax.characters,
      'The tabs hold more than is kept. Close some, or save their statements as a file.',
    ),
  /** The one in front. */
  active: z.string().max(64),
}

const ref = z.string().min(1).max(128)
export const tabsInput = z.strictObject({ ref })
export const putTabsInput = z.strictObject({ ref, if_match: z.string().max(128).optional(), ...tabsOf })

export const editorTabs = z.object({ ...tabsOf, revision: z.int() })
export type EditorTabs = z.output<typeof editorTabs>

/** The answer to a save is small: what was sent is known. */
export const keptTabs = z.object({ revision: z.int() })
