import type { DatabaseSync } from 'node:sqlite'
import type { LocalFile, Target } from '../contract.ts'
import type { FailureContext } from './causes.ts'
import { type Authorizer, openDatabase } from './database.ts'
import { Failure } from './failure.ts'
import type { manifest } from './manifest.ts'

export type SqliteTarget = Target<(typeof manifest)['config'], never>

/** The file's database; a runner that cannot say what it holds open opens nothing. */
export const databaseOf = (target: SqliteTarget, file = fileOf(target), isAllowed?: Authorizer): DatabaseSync => {
  if (!target.openFiles) throw new Failure('file.failed')
  return openDatabase(file, target.openFiles, isAllowed)
}

/** The file as the engine found it, or why there is none. */
export const fileOf = ({ file }: Pick<SqliteTarget, 'file'>): LocalFile => {
  if (!file) throw new Failure('file.failed')
  if ('problem' in file) throw new Failure(`file.${file.problem}`)
  return file
}

export const contextOf = ({ config, file }: SqliteTarget): FailureContext => ({
  path: config.path,
  folders: file && 'problem' in file ? file.folders : [],
})
