import { requestApi } from './api.ts'

/** Fetches a file of the API and hands it to the browser to keep; a refusal is thrown before anything is saved. */
export const downloadApi = async (path: string, name: string): Promise<void> => {
  const response = await requestApi(path, '*/*')
  const url = URL.createObjectURL(await response.blob())
  const link = Object.assign(document.createElement('a'), { href: url, download: name })
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
