import { type CauseRow, type CauseTable, setting, shell } from '../_test/causes.ts'

export interface FailureContext {
  /** As it was entered. */
  path: string
  /** Folders that files may be in. */
  folders: readonly string[]
  /** What SQLite said, where it is a fact about the file. */
  detail?: string
}

const folderList = ({ folders }: FailureContext) => folders.map((folder) => `“${folder}”`).join(' or ')
const quoted = ({ path }: FailureContext) => `'${path.replaceAll("'", "'\\''")}'`
const allow = () =>
  setting('# the environment of Jackfield, then start it again\nJACKFIELD_FILE_DIRS=/folder/with/databases')

const table = {
  'file.no_folder': {
    stage: 'open',
    field: '/config/path',
    sentence: (facts) =>
      `None of the folders files may be in is there: ${folderList(facts)}. Make it, or allow another.`,
    fix: allow,
  },
  'file.not_found': {
    stage: 'open',
    field: '/config/path',
    sentence: (facts) =>
      `There is no file “${facts.path}” in ${folderList(facts)}. Check the spelling; nothing is made where nothing is.`,
    fix: ({ folders }) => shell(folders.map((folder) => `ls -l '${folder}'`).join('\n')),
  },
  'file.outside': {
    stage: 'open',
    field: '/config/path',
    sentence: (facts) =>
      `“${facts.path}” is not inside ${folderList(facts)}. Move the file there, or have the operator allow its folder.`,
    fix: allow,
  },
  'file.own_file': {
    stage: 'open',
    field: '/config/path',
    sentence: () => 'This belongs to Jackfield itself and is never opened. Choose another file.',
  },
  'file.link': {
    stage: 'open',
    field: '/config/path',
    sentence: ({ path }) =>
      `“${path}” is a symbolic link or leads through one, which is never followed. Put the file itself there.`,
  },
  'file.hard_link': {
    stage: 'open',
    field: '/config/path',
    sentence: ({ path }) =>
      `“${path}” has more than one name (hard links), so it may belong elsewhere. Put a copy there instead.`,
    fix: (facts) => shell(`cp ${quoted(facts)} copy.db`),
  },
  'file.not_a_file': {
    stage: 'open',
    field: '/config/path',
    sentence: ({ path }) => `“${path}” is no ordinary file but a folder, a device or a pipe. Enter the database file.`,
  },
  'file.beside': {
    stage: 'open',
    field: '/config/path',
    sentence: ({ path }) =>
      `What stands beside “${path}” as its -wal, -shm or -journal is no ordinary file. Take it away.`,
  },
  'file.no_permission': {
    stage: 'open',
    field: '/config/path',
    sentence: ({ path }) => `Jackfield may not read “${path}”. Let the user it runs as read the file and its folder.`,
    fix: (facts) => shell(`chmod o+r ${quoted(facts)}   # or give it to the group of Jackfield’s user`),
  },
  'file.failed': {
    stage: 'open',
    field: '/config/path',
    sentence: ({ path }) => `“${path}” could not be opened. Look at the disk and at the system’s log.`,
  },
  'file.changed': {
    stage: 'open',
    field: '/config/path',
    sentence: ({ path }) =>
      `“${path}” was replaced by another file while it was being opened. Nothing was read; try again.`,
  },
  'database.empty': {
    stage: 'database',
    field: '/config/path',
    sentence: ({ path }) =>
      `“${path}” is empty. A program that opened it under a wrong name may have made it; check the spelling.`,
  },
  'database.not_sqlite': {
    stage: 'database',
    field: '/config/path',
    sentence: ({ path, detail }) => `“${path}” is not an SQLite database${detail ? ` but ${detail}` : ''}.`,
  },
  'database.encrypted': {
    stage: 'database',
    field: '/config/path',
    sentence: ({ path }) =>
      `“${path}” is no plain SQLite database; by its bytes it looks encrypted, as SQLCipher does. Encrypted files cannot be read: export it in plain.`,
    fix: (facts) =>
      shell(
        `sqlcipher ${quoted(facts)}   # PRAGMA key = '…'; ATTACH 'plain.db' AS plain KEY ''; SELECT sqlcipher_export('plain');`,
      ),
  },
  'database.newer': {
    stage: 'database',
    field: '/config/path',
    sentence: ({ path }) => `“${path}” is of a newer format than this SQLite can read.`,
  },
  'database.wal_without_shm': {
    stage: 'database',
    field: '/config/path',
    sentence: ({ path }) =>
      `“${path}” has changes in its -wal file, but the -shm file is missing: it was copied while in use. Open it once where it may be written, or copy all three.`,
    fix: (facts) => shell(`sqlite3 ${quoted(facts)} 'PRAGMA wal_checkpoint(TRUNCATE);'`),
  },
  'database.hot_journal': {
    stage: 'database',
    field: '/config/path',
    sentence: ({ path }) =>
      `A program stopped in the middle of changing “${path}”; its journal has to be rolled back first. Open it once where it may be written.`,
    fix: (facts) => shell(`sqlite3 ${quoted(facts)} 'PRAGMA schema_version;'`),
  },
  'database.locked': {
    stage: 'database',
    field: null,
    sentence: ({ path }) => `Another program holds “${path}” for itself. Try again when it is done.`,
  },
  'database.corrupt': {
    stage: 'database',
    field: '/config/path',
    sentence: ({ path, detail }) =>
      `“${path}” is damaged${detail ? `: ${detail}` : ''}. Restore a backup, or recover what is left.`,
    fix: (facts) => shell(`sqlite3 ${quoted(facts)} .recover | sqlite3 recovered.db`),
  },
  'database.failed': {
    stage: 'database',
    field: '/config/path',
    sentence: ({ path, detail }) => `SQLite could not read “${path}”${detail ? `: ${detail}` : ''}.`,
  },
} as const satisfies Record<string, CauseRow<FailureContext>>

export type CauseCode = keyof typeof table

/** Every way an SQLite file fails that we can tell apart. */
export const causes: CauseTable<FailureContext, CauseCode> = table
