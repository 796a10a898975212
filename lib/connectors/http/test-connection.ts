import type { Duplex } from 'node:stream'
import { addressOf } from '../_http/address.ts'
import { loginOf } from '../_http/auth.ts'
import { causes } from '../_http/causes.ts'
import { type Client, createClient, type Reply } from '../_http/client.ts'
import { Failure, stage } from '../_http/failure.ts'
import { findAt, readPath } from '../_http/json-path.ts'
import { isLoginPage, isWebPage, jsonOf, problemOf, typeOf } from '../_http/judge.ts'
import { secureLine } from '../_http/line.ts'
import { requestToken, type Token } from '../_http/token.ts'
import { isFailureOf } from '../_test/failure.ts'
import { reach } from '../_test/reach.ts'
import { type StageResult, since } from '../_test/stages.ts'
import type { TestOutcome, TestStage } from '../contract.ts'
import { explain, type HttpTarget, trustOf } from './target.ts'

/** Of an answer that is only looked at; a list may be larger, and then it is not read to its end. */
const bytesMax = 4 * 1024 * 1024

/** The staged test: yields every stage as it goes and returns one outcome, whatever the server does. */
export async function* testConnection(target: HttpTarget): AsyncGenerator<TestStage, TestOutcome> {
  let socket: Duplex | undefined
  try {
    const began = performance.now()
    // A credential that cannot be used is known before anything is dialled.
    const ready = target.credential?.kind === 'oauth.client' ? undefined : loginOf(target.credential)
    const line = yield* openLine(target)
    socket = line.first
    const login = ready ?? (yield* fetchToken(target))
    const reply = yield* ask(target, createClient(target.config, login, line.next))
    return {
      success: true,
      message: 'Connected successfully (http)',
      driver: 'http',
      server: { status: reply.status, type: typeOf(reply) || null },
      cause: null,
      latency_ms: since(began),
    }
  } catch (error) {
    if (!isFailureOf(causes, error)) throw error
    const cause = explain(error, target)
    return { success: false, message: cause.sentence, driver: 'http', server: null, cause, latency_ms: null }
  } finally {
    socket?.destroy()
  }
}

/** dns, tcp and tls, and then sockets to the addresses that were checked: the first one is the one the stages opened. */
async function* openLine({ config, net, limits }: HttpTarget) {
  const trust = trustOf(config)
  const { socket, again } = yield* reach(stage, net, trust)
  const link = yield* stage('tls', async () => {
    const { stream, status, sentence, evidence } = await secureLine(socket, trust, limits)
    return { value: stream, status, sentence, evidence }
  })
  let first: Duplex | undefined = link
  const next = async (): Promise<Duplex> => {
    const kept = first
    first = undefined
    return kept && !kept.destroyed ? kept : (await secureLine(await again(), trust, limits)).stream
  }
  return { first: link, next }
}

const fetchToken = ({ config, credential, net, limits }: HttpTarget) =>
  stage('authenticate', async (): Promise<StageResult<Token>> => {
    if (credential?.kind !== 'oauth.client') throw new Failure('auth.incomplete')
    const mayBePlain = config.base_url.startsWith('http:')
    const token = await requestToken(credential, { net, limits, mayBePlain })
    const { host } = new URL(credential.token_url)
    const lifetime = token.expiresIn === undefined ? '' : ` It is good for ${token.expiresIn} seconds.`
    return {
      value: token,
      sentence: `${host} gave a token for “${credential.client_id}”.${lifetime}`,
      evidence: { token_host: host, scope: token.scope ?? null, expires_in: token.expiresIn ?? null },
    }
  })

const ask = ({ config, credential }: HttpTarget, client: Client) =>
  stage('request', async (): Promise<StageResult<Reply>> => {
    const { test_method: method, test_path, test_body, test_status: status, test_json_path: wanted } = config
    const url = addressOf(config.base_url, test_path)
    const reply = await client.send({ method, url, body: method === 'POST' ? test_body : undefined }, bytesMax)
    const problem = problemOf(reply, { method, status, hasLogin: credential !== undefined })
    if (problem) throw problem
    if (wanted !== undefined) requireAt(wanted, jsonOf(reply, method))
    else if (isLoginPage(reply)) throw new Failure('http.login_page', { request: `${method} ${url.pathname}` })
    return { value: reply, ...resultOf(reply, method) }
  })

const requireAt = (path: string, body: unknown): void => {
  const found = findAt(body, readPath(path) ?? [])
  if (found.length === 0 || found.every((value) => value === null))
    throw new Failure('http.path_missing', { detail: path })
}

const resultOf = (reply: Reply, method: string): Omit<StageResult<Reply>, 'value'> => {
  const { status, url, duration_ms, body } = reply
  const type = typeOf(reply)
  const evidence = { status, type: type || null, bytes: body.length, duration_ms, path: url.pathname }
  const answered = `${method} ${url.pathname} was answered with ${status}${type ? ` and ${type}` : ''} in ${duration_ms} ms`
  if (!isWebPage(reply)) return { sentence: `${answered}.`, evidence }
  return {
    status: 'warning',
    sentence: `${answered}. That is a web page and no data; is it the API’s address?`,
    evidence,
  }
}
