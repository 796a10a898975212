import { type Dialects, type Parts, splitOnce } from './parts.ts'
import { readUrl } from './url.ts'

/** `curl -u etl:pw -H 'Accept: application/json' https://api.example.com/v1`, also over several lines. */
export const readCurl = (text: string, dialects: Dialects): Parts | undefined => {
  const words = dialects.curl && /^\s*(?:\$\s+)?curl(?:\.exe)?\s/.test(text) ? shellWords(text) : undefined
  if (!words) return undefined
  const options = readOptions(words.slice(words.findIndex((word) => word.startsWith('curl')) + 1))
  const url = options.urls
    .slice(0, 10)
    .map((found) => readUrl(withScheme(found), dialects))
    .find((parts) => parts !== undefined)
  if (!url) return undefined
  const values = new Map(url.values)
  const [user = '', password] = splitOnce(options.login, ':')
  if (user !== '') values.set('user', user)
  if (password !== undefined) values.set('password', password)
  return { ...url, dialect: 'curl', values, headers: options.headers }
}

interface Options {
  urls: string[]
  headers: [string, string][]
  login: string
}

const readOptions = (words: readonly string[]): Options => {
  const options: Options = { urls: [], headers: [], login: '' }
  for (let at = 0; at < words.length; at++) {
    const [name, attached] = optionOf(words[at] ?? '')
    if (name === undefined) options.urls.push(words[at] ?? '')
    else if (withValue.has(name)) apply(options, name, attached ?? words[++at] ?? '')
  }
  return options
}

const apply = (options: Options, name: string, value: string): void => {
  if (name === '-u' || name === '--user') options.login = value
  if (name === '--url') options.urls.unshift(value)
  if (name === '--oauth2-bearer') options.headers.push(['Authorization', `Bearer ${value}`])
  if (name === '-b' || name === '--cookie') options.headers.push(['Cookie', value])
  if (name !== '-H' && name !== '--header') return
  const [key = '', text] = splitOnce(value, ':')
  if (text !== undefined && key.trim() !== '') options.headers.push([key.trim(), text.trim()])
}

/** `-uetl:pw` and `--user=etl:pw` carry their value; `-sSL` is only switches. */
const optionOf = (word: string): [name?: string | undefined, value?: string | undefined] => {
  if (word.startsWith('--')) {
    const [name = '', value] = splitOnce(word, '=')
    return [name, value]
  }
  if (!/^-[a-z]/i.test(word)) return []
  const name = word.slice(0, 2)
  return [name, word.length > 2 && withValue.has(name) ? word.slice(2) : undefined]
}

/** Options whose next word is theirs and not the address. */
const withValue = new Set(
  `-u --user -H --header --url --oauth2-bearer -b --cookie -X --request -d --data --data-raw --data-binary --data-urlencode
   --json -F --form -A --user-agent -e --referer -o --output -m --max-time --connect-timeout --cacert --cert --key -E -x --proxy
   --retry -w --write-out -T --upload-file -c --cookie-jar --resolve --ciphers --tls-max -r --range -y -Y -z -C -K --config`.split(
    /\s+/,
  ),
)

const withScheme = (text: string): string =>
  /^[a-z][a-z0-9+.-]*:/i.test(text) && !/^[^/:]+:\d/.test(text) ? text : `http://${text}`

/** A command line as a POSIX shell takes it apart; undefined where a quote is never closed. */
const shellWords = (text: string): string[] | undefined => {
  const words: string[] = []
  let word: string | undefined
  const piece = /(\s+)|\\\r?\n|\\(.)|'([^']*)'|"((?:[^"\\]|\\.)*)"|\$'((?:[^'\\]|\\.)*)'|([^\s\\'"$]+|\$)/gsy
  let end = 0
  for (let match = piece.exec(text); match; match = piece.exec(text)) {
    end = piece.lastIndex
    const [, space, escaped, single, double, ansi, bare] = match
    if (space !== undefined) {
      if (word !== undefined) words.push(word)
      word = undefined
      continue
    }
    const part = escaped ?? single ?? double?.replace(/\\([$`"\\\n])/g, '$1') ?? ansi?.replace(/\\(.)/gs, '$1') ?? bare
    if (part !== undefined) word = (word ?? '') + part
  }
  if (word !== undefined) words.push(word)
  return end === text.length ? words : undefined
}
