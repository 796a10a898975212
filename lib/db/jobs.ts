import { fromPrisma, PgBoss } from 'pg-boss'
import type { Log } from '#lib/core/log'
import { pool, type Tx } from './client.ts'
import { jobsSchema } from './roles.ts'

export interface Jobs {
  /** Queues a job in the transaction of what it is for; jobs with one key run one after the other. */
  send(tx: Tx, job: { id: string; key: string }): Promise<void>
  /** Begins to take jobs, so many at a time. `work` throws where another engine should try again. */
  work(work: (id: string, signal: AbortSignal) => Promise<void>, concurrency: number): Promise<void>
  stop(): Promise<void>
}

/** An engine that has not been heard of for so long is gone, and another one takes its jobs. */
const heartbeatSeconds = 10
const queueOptions = {
  policy: 'singleton',
  heartbeatSeconds,
  expireInSeconds: 3_600,
  retryLimit: 5,
  retryDelay: 1,
  retentionSeconds: 86_400,
  deleteAfterSeconds: 3_600,
}

/** A queue of jobs in our own database, which all engines work off together. Its tables are made by our migrations. */
export const startJobs = async (name: string, log: Log): Promise<Jobs> => {
  const executeSql = (text: string, values?: unknown[]) => pool().query(text, values)
  const boss = new PgBoss({
    db: { executeSql },
    schema: jobsSchema,
    migrate: false,
    createSchema: false,
    schedule: false,
    // The role of the product owns no table.
    reindex: false,
    monitorVacuum: false,
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
    maintenanceIntervalSeconds: 3_600,
    // It remembers for so long which keys are at work: those of an engine that is gone wait until it looks again.
    queueCacheIntervalSeconds: 1,
  })
  boss.on('error', (error) => log.warn({ err: error }, 'the queue of jobs stumbled'))
  await boss.start()
  await boss.createQueue(name, queueOptions)
  const workers: string[] = []
  return {
    async send(tx, { id, key }) {
      await boss.send(name, { id }, { singletonKey: key, db: fromPrisma(tx) })
      for (const worker of workers) boss.notifyWorker(worker)
    },
    async work(work, concurrency) {
      const options = { pollingIntervalSeconds: 1, batchSize: 1 }
      for (let count = 0; count < concurrency; count++) {
        workers.push(
          await boss.work<{ id: string }>(name, options, async (jobs) => {
            for (const { data, signal } of jobs) await work(data.id, signal)
          }),
        )
      }
    },
    stop: () => boss.stop({ graceful: true, timeout: 3_000, close: false }),
  }
}
