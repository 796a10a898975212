import { driverAt } from '../../_sql/testing/run.ts'
import { driver } from '../driver.ts'
import { manifest } from '../manifest.ts'

export const { runTest, runDiscover, runQuery, targetOf } = driverAt(driver, manifest.config, 'shop')
