import { sentenceOf } from '#lib/client/problem'
import { testSavedConnection } from '#lib/client/test-connection'
import { formatDuration } from '#lib/format/time'
import { showToast } from './toast.tsx'

/** Tests a saved connection from anywhere and says in the corner how it went. */
export const testWithToast = async ({ id, name }: { id: string; name: string }): Promise<void> => {
  const toast = { id: `test:${id}` }
  await showToast({ ...toast, title: `Testing ${name}…`, message: '', loading: true, autoClose: false })
  try {
    const report = await testSavedConnection(id)
    const took = report.latency_ms === null ? '' : ` in ${formatDuration(report.latency_ms)}`
    await showToast(
      report.success
        ? { ...toast, title: `${name} passed`, message: `Connected${took}.`, color: 'green' }
        : {
            ...toast,
            title: `${name} failed`,
            message: report.cause?.sentence ?? report.message,
            color: 'red',
            autoClose: 12_000,
          },
    )
  } catch (error) {
    await showToast({ ...toast, title: `${name} could not be tested`, message: sentenceOf(error), color: 'red' })
  }
}
