import { callApi } from '#lib/client/api'
import { sentenceOf } from '#lib/client/problem'
import type { TestReport } from '#lib/connections/schema'
import { formatDuration } from '#lib/format/time'
import { showToast } from './toast.ts'

/** Tests a saved connection from anywhere and says in the corner how it went. */
export const testWithToast = async ({ id, name }: { id: string; name: string }): Promise<void> => {
  const toast = { id: `test:${id}` }
  await showToast({ ...toast, title: `Testing ${name}…`, message: '', loading: true, autoClose: false })
  try {
    const { data } = await callApi<TestReport>(`/api/connections/${id}/test`, { method: 'POST' })
    const took = data.latency_ms === null ? '' : ` in ${formatDuration(data.latency_ms)}`
    await showToast(
      data.success
        ? { ...toast, title: `${name} passed`, message: `Connected${took}.`, color: 'green' }
        : {
            ...toast,
            title: `${name} failed`,
            message: data.cause?.sentence ?? data.message,
            color: 'red',
            autoClose: 12_000,
          },
    )
  } catch (error) {
    await showToast({ ...toast, title: `${name} could not be tested`, message: sentenceOf(error), color: 'red' })
  }
}
