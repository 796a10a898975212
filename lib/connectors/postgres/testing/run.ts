import { driverAt } from '../../_sql/testing/run.ts'
import { driver } from '../driver.ts'
import { manifest } from '../manifest.ts'

export type { RunOptions } from '../../_sql/testing/run.ts'

export const { runTest, runDiscover } = driverAt(driver, manifest.config, 'postgres')
