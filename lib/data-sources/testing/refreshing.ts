import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { TestWorkspace, useApi } from '#lib/api/testing/install'

type Api = ReturnType<typeof useApi>

/** Calls about data sources, made by the owner of a workspace. */
export const refreshing = (api: Api, people: () => TestWorkspace['people']) => {
  const call = (method: string, url: string, body?: object) =>
    api.call(method, `/api/data-sources/${url}`, { as: people().owner, ...(body && { body }) })
  const create = async (conn_id: string, type: string, settings: { config: object; credential?: object }) => {
    const body = { conn_id, name: conn_id, type, ...settings }
    const answer = await api.call('POST', '/api/connections', { as: people().owner, body })
    expect([answer.status, answer.text]).toEqual([201, answer.text])
    return String(answer.body.data.id)
  }
  const ask = async (ref: string, scope: object = {}): Promise<string> => {
    const asked = await call('POST', `${ref}/refresh`, scope)
    expect([asked.status, asked.text]).toEqual([202, asked.text])
    return asked.body.data.id
  }
  /** The refresh once it is over, or as soon as `until` holds. */
  const ended = async (
    ref: string,
    id: string,
    until = ({ status }: { status: string }) => !['queued', 'running'].includes(status),
  ) => {
    for (let tries = 0; tries < 1200; tries++) {
      const { body } = await call('GET', `${ref}/refreshes/${id}`)
      if (until(body.data)) return body.data
      await sleep(50)
    }
    throw new Error('the refresh does not end')
  }
  const refresh = async (ref: string, scope: object = {}) => ended(ref, await ask(ref, scope))
  return { call, create, ask, ended, refresh }
}
