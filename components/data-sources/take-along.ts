import { showToast } from '#components/layout/toast'
import { sentenceOf } from '#lib/client/problem'

/** Puts a text into the clipboard and says what it was, as the label of its menu item names it. */
export const takeAlong = async (text: string, label: string): Promise<void> => {
  await navigator.clipboard.writeText(text)
  await showToast({ id: 'copied', title: 'Copied', message: label.replace('Copy ', '') })
}

/** Work behind a menu item: what fails is said. */
export const saidIfFailed = (work: Promise<unknown>): void =>
  void work.catch((error: unknown) =>
    showToast({ id: 'copied', title: 'That did not work', message: sentenceOf(error) }),
  )
