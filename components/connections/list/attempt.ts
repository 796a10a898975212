import { showToast } from '#components/layout/toast'
import { sentenceOf } from '#lib/client/problem'

/** What goes wrong is said in the corner of the page. */
export const attempt = async (action: () => Promise<unknown>): Promise<void> => {
  try {
    await action()
  } catch (error) {
    await showToast({ id: 'list-problem', title: 'That did not work', message: sentenceOf(error), color: 'red' })
  }
}
