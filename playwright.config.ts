import { defineConfig } from '@playwright/test'
import { chromiumOptions } from './e2e/fixtures/chromium.ts'

// One product is started for the whole run (e2e/fixtures/product.ts); the journeys share it and run one after the other.
export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/fixtures/global-setup.ts',
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  outputDir: 'test-results',
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    launchOptions: chromiumOptions,
  },
  projects: [
    { name: 'first-run', testMatch: /first-run\.spec\.ts/ },
    { name: 'journeys', testMatch: /journeys\/.*\.spec\.ts/, testIgnore: /first-run/, dependencies: ['first-run'] },
    { name: 'assurance', testMatch: /assurance\/.*\.spec\.ts/, dependencies: ['journeys'] },
  ],
})
