import * as z from 'zod'
import { jsonPath, parameterName, requestPath } from '../_http/fields.ts'
import { paginationModes } from '../_http/pagination.ts'
import { field } from '../contract.ts'

/** The request by which a test finds out whether the API answers and the login is good. */
export const testFields = {
  test_method: field(z.enum(['GET', 'HEAD', 'POST']).default('GET'), {
    label: 'Method',
    help: 'How the test asks. Choose a request that changes nothing.',
    group: 'Test request',
    widget: 'select',
    span: 4,
    options: { GET: { label: 'GET' }, HEAD: { label: 'HEAD' }, POST: { label: 'POST' } },
  }),
  test_path: field(requestPath.default(''), {
    label: 'Path',
    placeholder: 'e.g. /v1/me',
    help: 'What the test asks for, behind the base URL. Best is something that every login may see and nobody without one.',
    group: 'Test request',
    span: 8,
  }),
  test_body: field(
    z
      .string()
      .max(65_536, 'Use at most 64 KiB.')
      .transform((text) => (text.trim() === '' ? undefined : text))
      .optional(),
    {
      label: 'Body',
      placeholder: 'e.g. { "limit": 1 }',
      help: 'Sent as JSON unless a header says otherwise. It is shown to everybody, so it holds no secret.',
      group: 'Test request',
      widget: 'textarea',
      span: 12,
      when: { field: 'test_method', in: ['POST'] },
    },
  ),
  test_status: field(
    z.coerce
      .number('A status is a number such as 200.')
      .int('A status is a number such as 200.')
      .min(200, 'A status is a number from 200 to 599.')
      .max(599, 'A status is a number from 200 to 599.')
      .optional(),
    {
      label: 'Expected status',
      placeholder: 'e.g. 200',
      help: 'Left empty, every status from 200 to 299 is a success.',
      group: 'Test request',
      widget: 'number',
      span: 4,
    },
  ),
  test_json_path: field(jsonPath.optional(), {
    label: 'Must be in the answer',
    placeholder: 'e.g. $.user.id',
    help: 'Some APIs answer 200 even when something is wrong. With a path here, the answer must be JSON and have a value there. Paths know $, .name, [0], [-1], ["name"] and [*].',
    group: 'Test request',
    span: 8,
  }),
}

const group = 'Pagination'
const modesWithPages = ['page', 'offset', 'cursor', 'link', 'next_url']
const count = (most: number) =>
  z.coerce
    .number('Enter a whole number.')
    .int('Enter a whole number.')
    .min(1, 'Enter at least 1.')
    .max(most, `Enter at most ${most.toLocaleString('en')}.`)
const name = parameterName.transform((text) => (text === '' ? undefined : text)).optional()

/** How lists are read page by page. */
export const pagination = field(
  z
    .strictObject({
      mode: field(z.enum(paginationModes).default('none'), {
        label: 'How lists go on',
        help: 'What the API’s documentation calls pagination. Try it with “Preview pages” below.',
        widget: 'select',
        span: 12,
        options: {
          none: { label: 'Not at all', help: 'One request has everything.' },
          page: { label: 'Page number', help: '?page=1, ?page=2 and so on.' },
          offset: { label: 'Offset and limit', help: '?offset=0, ?offset=100 and so on.' },
          cursor: { label: 'Cursor', help: 'Every answer has a token that the next request sends.' },
          link: { label: 'Link header', help: 'Every answer has a Link header with rel="next" (RFC 8288).' },
          next_url: { label: 'Address in the answer', help: 'Every answer has the whole address of the next page.' },
        },
      }),
      items_path: field(jsonPath.optional(), {
        label: 'Where the items are',
        placeholder: 'e.g. $.data',
        help: 'The path of the list in an answer. Left empty, the answer itself is the list.',
        span: 6,
      }),
      page_size: field(count(10_000).optional(), {
        label: 'Items a page',
        placeholder: 'e.g. 100',
        help: 'A page with fewer is the last one. Sent along where its parameter is given.',
        widget: 'number',
        span: 6,
        when: { field: 'mode', in: modesWithPages },
      }),
      size_parameter: field(name, {
        label: 'Parameter of the page size',
        placeholder: 'e.g. limit',
        help: 'Left empty, the API’s own page size is used.',
        span: 6,
        when: { field: 'mode', in: modesWithPages },
      }),
      page_parameter: field(name, {
        label: 'Parameter of the page number',
        placeholder: 'e.g. page',
        help: 'It is called “page” unless you enter another one.',
        span: 6,
        when: { field: 'mode', in: ['page'] },
      }),
      first_page: field(
        z.coerce
          .number('Enter a whole number.')
          .int('Enter a whole number.')
          .min(0, 'The first page is 0 or more.')
          .max(1_000_000, 'Enter at most 1,000,000.')
          .optional(),
        {
          label: 'First page',
          placeholder: 'e.g. 1',
          help: 'Some APIs begin at 0; it is 1 unless you enter something.',
          widget: 'number',
          span: 6,
          when: { field: 'mode', in: ['page'] },
        },
      ),
      offset_parameter: field(name, {
        label: 'Parameter of the offset',
        placeholder: 'e.g. offset',
        help: 'It is called “offset” unless you enter another one.',
        span: 6,
        when: { field: 'mode', in: ['offset'] },
      }),
      cursor_path: field(jsonPath.optional(), {
        label: 'Where the next cursor is',
        placeholder: 'e.g. $.meta.next_cursor',
        help: 'The path of the token in an answer; $.data[-1].id is the id of the last item. A missing or empty one ends the list.',
        span: 6,
        when: { field: 'mode', in: ['cursor'] },
      }),
      cursor_parameter: field(name, {
        label: 'Parameter of the cursor',
        placeholder: 'e.g. cursor',
        help: 'It is called “cursor” unless you enter another one.',
        span: 6,
        when: { field: 'mode', in: ['cursor'] },
      }),
      next_path: field(jsonPath.optional(), {
        label: 'Where the next address is',
        placeholder: 'e.g. $.links.next',
        help: 'The path of the address in an answer. It is followed only to the same scheme, host and port as the base URL.',
        span: 6,
        when: { field: 'mode', in: ['next_url'] },
      }),
      more_path: field(jsonPath.optional(), {
        label: 'Where it says whether there is more',
        placeholder: 'e.g. $.has_more',
        help: 'Only if the API says so by itself: false, null or nothing there ends the list.',
        span: 6,
        when: { field: 'mode', in: ['page', 'offset', 'cursor', 'next_url'] },
      }),
      max_pages: field(count(100_000).optional(), {
        label: 'At most this many pages',
        placeholder: 'e.g. 1000',
        help: 'Where a list is longer, reading ends here; 1,000 unless you enter something.',
        widget: 'number',
        span: 6,
        when: { field: 'mode', in: modesWithPages },
      }),
    })
    .superRefine(({ mode, cursor_path, next_path, page_size, size_parameter }, context) => {
      const wanted = (path: string, message: string) =>
        context.addIssue({ code: 'custom', message, path: [path], input: undefined })
      if (mode === 'cursor' && cursor_path === undefined) wanted('cursor_path', 'Enter where the next cursor is.')
      if (mode === 'next_url' && next_path === undefined) wanted('next_path', 'Enter where the next address is.')
      if (mode !== 'none' && size_parameter !== undefined && page_size === undefined)
        wanted('page_size', 'Enter how many items a page has.')
    })
    .optional(),
  { label: 'Pagination', help: 'How lists are read page by page.', group },
)

/** How fast it may ask, and how long it waits. */
export const paceFields = {
  redirects: field(z.enum(['same-origin', 'none']).default('same-origin'), {
    label: 'Redirects',
    help: 'No redirect is ever followed to another scheme, host or port, because the secret would go with it.',
    group: 'Requests',
    widget: 'select',
    span: 12,
    options: {
      'same-origin': { label: 'Followed within the same origin', help: 'At most five in a row.' },
      none: { label: 'Not followed', help: 'A redirect is an answer like any other.' },
    },
  }),
  timeout_s: field(
    z.coerce
      .number('Enter seconds from 1 to 60.')
      .min(1, 'Enter seconds from 1 to 60.')
      .max(60, 'Enter seconds from 1 to 60.')
      .default(10),
    {
      label: 'Timeout in seconds',
      placeholder: 'e.g. 10',
      help: 'How long one request may take, answer included. A test ends after 15 seconds whatever stands here.',
      group: 'Requests',
      widget: 'number',
      span: 6,
    },
  ),
  requests_per_second: field(
    z.coerce
      .number('Enter a number such as 5 or 0.5.')
      .min(0.01, 'Enter at least 0.01.')
      .max(1000, 'Enter at most 1,000.')
      .optional(),
    {
      label: 'Requests a second',
      placeholder: 'e.g. 5',
      help: 'The most the API allows. Left empty, the next request goes out at once; an API that asks to wait (Retry-After) is waited for in any case.',
      group: 'Requests',
      widget: 'number',
      span: 6,
    },
  ),
}
