import { callApi, etagOf } from '#lib/client/api'
import type { SavedView } from '#lib/connection-views/schema'
import { askedOf, type ListQuery, listHref } from './list-query.ts'
import { columnChoices, defaultSettings, type ViewSettings } from './view-settings.ts'

const path = '/api/connection-views'
const at = ({ id }: SavedView) => `${path}/${encodeURIComponent(id)}`

/** The filters, search and order of a list, as a view keeps them. */
export const queryText = (query: ListQuery): string => listHref(askedOf(query)).split('?')[1] ?? ''

/** The list's address for a view. */
export const viewHref = ({ id, query }: SavedView): string => {
  const params = new URLSearchParams(query)
  params.set('view', id)
  return `/workspace/connections?${params}`
}

/** How a view shows the list, where it says so. */
export const settingsOf = ({ columns, density }: SavedView): ViewSettings | undefined =>
  columns === null && density === null
    ? undefined
    : {
        columns: columns === null ? defaultSettings.columns : columnChoices.filter((one) => columns.includes(one)),
        density: density ?? defaultSettings.density,
      }

/** The list looks another way now than the view says. */
export const isChanged = (view: SavedView, query: ListQuery, settings: ViewSettings): boolean => {
  const kept = settingsOf(view)
  const sorted = (text: string) => [...new URLSearchParams(text)].map(String).sort().join('&')
  return (
    sorted(view.query) !== sorted(queryText(query)) ||
    (kept !== undefined && JSON.stringify(kept) !== JSON.stringify(settings))
  )
}

type ViewFields = Partial<Pick<SavedView, 'name' | 'shared' | 'query' | 'columns' | 'density'>>

export const createView = async (fields: ViewFields): Promise<SavedView> =>
  (await callApi<SavedView>(path, { method: 'POST', body: fields })).data

export const changeView = async (view: SavedView, fields: ViewFields): Promise<SavedView> =>
  (await callApi<SavedView>(at(view), { method: 'PATCH', body: fields, ifMatch: etagOf(view) })).data

export const deleteView = (view: SavedView) => callApi(at(view), { method: 'DELETE', ifMatch: etagOf(view) })
