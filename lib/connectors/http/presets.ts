import type { Preset } from '../contract.ts'

type Config = Preset['config']

// Empty where another preset may have left something.
const paged = (mode: string, pagination: Config): Config =>
  Object.fromEntries(
    Object.entries({ mode, items_path: '', more_path: '', ...pagination }).map(([name, value]) => [
      `pagination/${name}`,
      value,
    ]),
  )

/** Well-known APIs: where they begin, how a login is tried, and how their lists go on. */
export const presets: readonly Preset[] = [
  {
    id: 'github',
    name: 'GitHub',
    config: {
      base_url: 'https://api.github.com',
      request_headers: { Accept: 'application/vnd.github+json', 'X-GitHub-Api-Version': '2022-11-28' },
      test_path: '/user',
      ...paged('link', { size_parameter: 'per_page', page_size: 100 }),
    },
    credential: { kind: 'api_key.bearer' },
    help: 'Take a fine-grained personal access token with read access to what you need.',
    keywords: ['git', 'issues', 'repositories'],
  },
  {
    id: 'gitlab',
    name: 'GitLab',
    config: {
      base_url: 'https://gitlab.com/api/v4',
      test_path: '/user',
      ...paged('link', { size_parameter: 'per_page', page_size: 100 }),
    },
    credential: { kind: 'api_key.bearer' },
    help: 'Take a personal, project or group access token with the scope read_api.',
    keywords: ['git', 'issues'],
  },
  {
    id: 'stripe',
    name: 'Stripe',
    config: {
      base_url: 'https://api.stripe.com/v1',
      test_path: '/balance',
      ...paged('cursor', {
        items_path: '$.data',
        cursor_path: '$.data[-1].id',
        cursor_parameter: 'starting_after',
        more_path: '$.has_more',
        size_parameter: 'limit',
        page_size: 100,
      }),
    },
    credential: { kind: 'api_key.bearer' },
    help: 'Take a restricted key (rk_…) that may only read what you need.',
    keywords: ['payments', 'invoices'],
  },
  {
    id: 'hubspot',
    name: 'HubSpot',
    config: {
      base_url: 'https://api.hubapi.com',
      test_path: '/crm/v3/objects/contacts?limit=1',
      ...paged('cursor', {
        items_path: '$.results',
        cursor_path: '$.paging.next.after',
        cursor_parameter: 'after',
        size_parameter: 'limit',
        page_size: 100,
      }),
    },
    credential: { kind: 'api_key.bearer' },
    help: 'Take the access token of a private app with the scopes you need.',
    keywords: ['crm', 'marketing', 'contacts'],
  },
  {
    id: 'shopify',
    name: 'Shopify',
    config: {
      test_path: '/shop.json',
      ...paged('link', { items_path: '$.*[*]', size_parameter: 'limit', page_size: 250 }),
    },
    credential: { kind: 'api_key.key', config: { placement: 'header', name: 'X-Shopify-Access-Token' } },
    placeholders: { base_url: 'e.g. https://your-shop.myshopify.com/admin/api/2025-10' },
    help: 'The base URL has your shop’s name and a version of the API; the key is the Admin API token of a custom app.',
    keywords: ['shop', 'orders', 'commerce'],
  },
  {
    id: 'notion',
    name: 'Notion',
    config: {
      base_url: 'https://api.notion.com/v1',
      request_headers: { 'Notion-Version': '2022-06-28' },
      test_path: '/users/me',
      ...paged('cursor', {
        items_path: '$.results',
        cursor_path: '$.next_cursor',
        cursor_parameter: 'start_cursor',
        more_path: '$.has_more',
        size_parameter: 'page_size',
        page_size: 100,
      }),
    },
    credential: { kind: 'api_key.bearer' },
    help: 'Take the secret of an internal integration, and share the pages with it that it shall read.',
    keywords: ['wiki', 'notes'],
  },
  {
    id: 'slack',
    name: 'Slack',
    config: {
      base_url: 'https://slack.com/api',
      test_path: '/auth.test',
      // Slack answers 200 even when it refuses the token.
      test_json_path: '$.user_id',
      ...paged('cursor', {
        items_path: '$.channels',
        cursor_path: '$.response_metadata.next_cursor',
        cursor_parameter: 'cursor',
        size_parameter: 'limit',
        page_size: 200,
      }),
    },
    credential: { kind: 'api_key.bearer' },
    help: 'Take a bot token (xoxb-…); where the items are depends on the method, such as $.channels or $.members.',
    keywords: ['chat', 'messages'],
  },
  {
    id: 'airtable',
    name: 'Airtable',
    config: {
      base_url: 'https://api.airtable.com/v0',
      test_path: '/meta/whoami',
      ...paged('cursor', {
        items_path: '$.records',
        cursor_path: '$.offset',
        cursor_parameter: 'offset',
        size_parameter: 'pageSize',
        page_size: 100,
      }),
      requests_per_second: 5,
    },
    credential: { kind: 'api_key.bearer' },
    help: 'Take a personal access token with the scope data.records:read.',
    keywords: ['tables', 'spreadsheet'],
  },
  {
    id: 'zendesk',
    name: 'Zendesk',
    config: {
      test_path: '/users/me.json',
      ...paged('next_url', {
        items_path: '$.tickets',
        next_path: '$.links.next',
        more_path: '$.meta.has_more',
        size_parameter: 'page[size]',
        page_size: 100,
      }),
    },
    credential: { kind: 'password.basic' },
    placeholders: { base_url: 'e.g. https://your-company.zendesk.com/api/v2', username: 'e.g. you@example.com/token' },
    help: 'The username is your address followed by /token, the password an API token. Where the items are depends on the list.',
    keywords: ['tickets', 'support'],
  },
  {
    id: 'jira',
    name: 'Jira Cloud',
    config: {
      test_path: '/myself',
      ...paged('offset', {
        items_path: '$.values',
        offset_parameter: 'startAt',
        size_parameter: 'maxResults',
        page_size: 50,
      }),
    },
    credential: { kind: 'password.basic' },
    placeholders: { base_url: 'e.g. https://your-site.atlassian.net/rest/api/3', username: 'e.g. you@example.com' },
    help: 'The username is your address, the password an API token of your Atlassian account.',
    keywords: ['atlassian', 'issues'],
  },
  {
    id: 'twilio',
    name: 'Twilio',
    config: {
      base_url: 'https://api.twilio.com/2010-04-01',
      test_path: '/Accounts.json',
      ...paged('next_url', {
        items_path: '$.accounts',
        next_path: '$.next_page_uri',
        size_parameter: 'PageSize',
        page_size: 100,
      }),
    },
    credential: { kind: 'password.basic' },
    placeholders: { username: 'e.g. AC0123…' },
    help: 'The username is the account SID or an API key, the password its token. Where the items are depends on the list.',
    keywords: ['sms', 'calls'],
  },
  {
    id: 'microsoft-graph',
    name: 'Microsoft Graph',
    config: {
      base_url: 'https://graph.microsoft.com/v1.0',
      test_path: '/organization',
      ...paged('next_url', {
        items_path: '$.value',
        next_path: '$["@odata.nextLink"]',
        size_parameter: '$top',
        page_size: 100,
      }),
    },
    credential: { kind: 'oauth.client' },
    help: 'Register an app with application permissions. The token URL is https://login.microsoftonline.com/<tenant>/oauth2/v2.0/token, the scope https://graph.microsoft.com/.default.',
    keywords: ['azure', 'office', '365', 'users'],
  },
]
