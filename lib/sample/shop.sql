-- The sample source: a small online shop, the same rows every time. About 190,000 rows in 24 tables, written in a second.
select setseed(0.42);

create schema inventory;
create schema sales;
create schema marketing;
create schema people;
create schema analytics;
comment on schema inventory is 'What the shop sells and where it lies';
comment on schema sales is 'Customers, their orders and the money';
comment on schema marketing is 'Campaigns, newsletters and visits to the site';
comment on schema people is 'Who works here';
comment on schema analytics is 'Figures derived from the other schemas';

-- people ----------------------------------------------------------------------------------------------------------
create table people.departments (
  id int generated always as identity primary key,
  name text not null unique,
  cost_center text not null check (cost_center ~ '^CC-[0-9]{3}$')
);
insert into people.departments (name, cost_center)
select name, 'CC-' || (100 + n * 10) from unnest(array['Management', 'Purchasing', 'Warehouse', 'Sales', 'Marketing', 'Support', 'Engineering']) with ordinality as d (name, n);

create table people.employees (
  id int generated always as identity primary key,
  department_id int not null references people.departments,
  manager_id int references people.employees,
  full_name text not null,
  email text not null unique,
  hired_on date not null,
  left_on date check (left_on > hired_on),
  skills text[] not null default '{}'
);
insert into people.employees (department_id, manager_id, full_name, email, hired_on, left_on, skills)
select 1 + n % 7, case when n > 7 then 1 + n % 7 end, first || ' ' || last, lower(first || '.' || last) || n || '@shop.example',
  date '2018-01-01' + (random() * 2200)::int, case when n % 19 = 0 then date '2025-06-30' end,
  (array['sql', 'python', 'forklift', 'negotiation', 'french', 'design', 'support', 'german'])[1 + n % 5 : 2 + n % 7]
from generate_series(1, 84) n,
  lateral (select (array['Ada', 'Grace', 'Edgar', 'Barbara', 'Jim', 'Donald', 'Margaret', 'Tim', 'Radia', 'Ken', 'Leslie', 'Frances'])[1 + n % 12] as first,
    (array['Berg', 'Castro', 'Dumont', 'Eriksson', 'Fischer', 'Garcia', 'Haddad', 'Ito', 'Jansen', 'Kowalski', 'Lopez'])[1 + n % 11] as last) names;

-- inventory -------------------------------------------------------------------------------------------------------
create table inventory.categories (
  id int generated always as identity primary key,
  parent_id int references inventory.categories,
  name text not null,
  slug text not null unique
);
insert into inventory.categories (parent_id, name, slug)
select case when n > 6 then 1 + n % 6 end, name, lower(replace(name, ' ', '-'))
from unnest(array['Kitchen', 'Garden', 'Office', 'Outdoor', 'Lighting', 'Textiles', 'Knives', 'Seeds', 'Notebooks', 'Tents', 'Lamps', 'Blankets',
  'Pans', 'Planters', 'Pens', 'Backpacks', 'Candles', 'Rugs', 'Teapots', 'Tools', 'Desk organisers', 'Stoves', 'Lanterns', 'Cushions']) with ordinality as c (name, n);

create table inventory.suppliers (
  id int generated always as identity primary key,
  name text not null,
  country char(2) not null,
  rating numeric(2, 1) check (rating between 1 and 5),
  contact jsonb not null default '{}'
);
insert into inventory.suppliers (name, country, rating, contact)
select 'Supplier ' || chr(64 + 1 + n % 26) || n, (array['DE', 'FR', 'IT', 'PT', 'JP', 'SE'])[1 + n % 6], round((2 + random() * 3)::numeric, 1),
  jsonb_build_object('email', 'orders' || n || '@supplier.example', 'phone', '+49 30 ' || (100000 + n * 731), 'lead_days', 3 + n % 21)
from generate_series(1, 42) n;

create table inventory.products (
  id int generated always as identity primary key,
  sku text not null unique check (sku ~ '^[A-Z]{2}-[0-9]{5}$'),
  category_id int not null references inventory.categories,
  supplier_id int not null references inventory.suppliers,
  name text not null,
  price numeric(10, 2) not null check (price > 0),
  cost numeric(10, 2) not null check (cost >= 0),
  margin numeric(10, 2) generated always as (price - cost) stored,
  attributes jsonb not null default '{}',
  tags text[] not null default '{}',
  weight_kg real,
  discontinued_at timestamptz,
  created_at timestamptz not null default now()
);
comment on table inventory.products is 'Everything that can be ordered, sold out or not';
comment on column inventory.products.attributes is 'Free-form: colour, size, material';
comment on column inventory.products.margin is 'Price minus cost, kept by the database';
insert into inventory.products (sku, category_id, supplier_id, name, price, cost, attributes, tags, weight_kg, discontinued_at, created_at)
select 'PR-' || lpad(n::text, 5, '0'), 7 + n % 18, 1 + n % 42,
  (array['Plain', 'Sturdy', 'Small', 'Folding', 'Classic', 'Northern', 'Bright', 'Quiet'])[1 + n % 8] || ' ' ||
  (array['teapot', 'lamp', 'blanket', 'notebook', 'tent', 'knife', 'planter', 'rug', 'lantern', 'cushion', 'pan'])[1 + n % 11] || ' ' || n,
  price, round(price * (0.4 + random()::numeric * 0.3), 2),
  jsonb_build_object('colour', (array['red', 'blue', 'green', 'black', 'sand'])[1 + n % 5], 'size', (array['S', 'M', 'L'])[1 + n % 3], 'recycled', n % 4 = 0),
  case when n % 3 = 0 then array['new', 'gift'] when n % 5 = 0 then array['sale'] else '{}' end,
  round((0.1 + random() * 8)::numeric, 2), case when n % 37 = 0 then timestamptz '2026-03-01' end, timestamptz '2023-01-01' + n * interval '18 hours'
from generate_series(1, 1200) n, lateral (select round((4 + random() * 240)::numeric, 2) + n * 0 as price) p;
create index products_attributes_idx on inventory.products using gin (attributes);
create index products_tags_idx on inventory.products using gin (tags);
create index products_category_id_idx on inventory.products (category_id);
create index products_live_name_idx on inventory.products (lower(name)) where discontinued_at is null;

create table inventory.warehouses (
  id int generated always as identity primary key,
  code text not null unique,
  city text not null,
  location point,
  manager_id int references people.employees
);
insert into inventory.warehouses (code, city, location, manager_id) values
  ('BER', 'Berlin', '(13.40,52.52)', 3), ('LYS', 'Lyon', '(4.84,45.76)', 10), ('OPO', 'Porto', '(-8.61,41.15)', 17), ('GOT', 'Gothenburg', '(11.97,57.71)', 24);

create table inventory.stock_levels (
  warehouse_id int references inventory.warehouses,
  product_id int references inventory.products,
  quantity int not null check (quantity >= 0),
  reorder_below int not null default 10,
  counted_on date,
  primary key (warehouse_id, product_id)
);
comment on table inventory.stock_levels is 'How much of a product lies in a warehouse right now';
insert into inventory.stock_levels select w, p, (random() * 200)::int, 5 + p % 20, date '2026-09-01' + p % 60 from generate_series(1, 4) w, generate_series(1, 1200) p;

create type inventory.movement_kind as enum ('received', 'shipped', 'returned', 'lost', 'counted');
create table inventory.stock_movements (
  id bigint generated always as identity primary key,
  warehouse_id int not null,
  product_id int not null,
  kind inventory.movement_kind not null,
  quantity int not null check (quantity <> 0),
  moved_at timestamptz not null,
  foreign key (warehouse_id, product_id) references inventory.stock_levels (warehouse_id, product_id)
);
insert into inventory.stock_movements (warehouse_id, product_id, kind, quantity, moved_at)
select 1 + n % 4, 1 + (n * 7) % 1200, (array['received', 'shipped', 'shipped', 'shipped', 'returned', 'lost', 'counted'])[1 + n % 7]::inventory.movement_kind,
  1 + n % 30, timestamptz '2024-01-01' + n * interval '64 minutes'
from generate_series(1, 20000) n;
create index stock_movements_product_id_moved_at_idx on inventory.stock_movements (product_id, moved_at desc);

-- sales -----------------------------------------------------------------------------------------------------------
create type sales.order_status as enum ('pending', 'paid', 'shipped', 'delivered', 'cancelled', 'refunded');
create domain sales.email as text check (value ~ '^[^@\s]+@[^@\s]+$');

create table sales.customers (
  id bigint generated always as identity primary key,
  email sales.email not null unique,
  full_name text not null,
  country char(2) not null,
  language text not null default 'en',
  preferences jsonb not null default '{}',
  marketing_consent boolean not null default false,
  created_at timestamptz not null default now(),
  deleted_at timestamptz
);
comment on table sales.customers is 'People who registered; guests have no row';
comment on column sales.customers.email is 'Personal data: do not copy into reports';
comment on column sales.customers.preferences is 'Newsletter topics and display settings';
insert into sales.customers (email, full_name, country, language, preferences, marketing_consent, created_at, deleted_at)
select lower(first || '.' || last) || n || '@mail.example', first || ' ' || last, country, lower(country),
  jsonb_build_object('topics', jsonb_build_array('new', (array['kitchen', 'garden', 'outdoor'])[1 + n % 3]), 'dark', n % 2 = 0),
  n % 3 <> 0, timestamptz '2023-01-01' + n * interval '4 hours', case when n % 211 = 0 then timestamptz '2026-01-15' end
from generate_series(1, 8000) n,
  lateral (select (array['Anna', 'Bilal', 'Chiara', 'David', 'Elif', 'Finn', 'Greta', 'Hugo', 'Ines', 'Jonas', 'Klara', 'Luca', 'Mia'])[1 + n % 13] as first,
    (array['Almeida', 'Bauer', 'Costa', 'Dubois', 'Evans', 'Ferrari', 'Gruber', 'Hansen', 'Ivanov', 'Jung', 'Keller'])[1 + n % 11] as last,
    (array['DE', 'FR', 'IT', 'PT', 'SE', 'GB', 'NL'])[1 + n % 7] as country) names;
create index customers_created_at_idx on sales.customers (created_at);
create index customers_country_idx on sales.customers (country) include (language);

create table sales.addresses (
  id bigint generated always as identity primary key,
  customer_id bigint not null references sales.customers on delete cascade,
  kind text not null check (kind in ('billing', 'shipping')),
  street text not null,
  postcode text not null,
  city text not null,
  country char(2) not null,
  unique (customer_id, kind)
);
insert into sales.addresses (customer_id, kind, street, postcode, city, country)
select c.id, kind, 'Street ' || (1 + c.id % 200), lpad((c.id * 37 % 99999)::text, 5, '0'), (array['Berlin', 'Paris', 'Milan', 'Lisbon', 'Malmö', 'Leeds', 'Utrecht'])[1 + c.id % 7], c.country
from sales.customers c, unnest(array['billing', 'shipping']) kind where kind = 'billing' or c.id % 3 = 0;

create table sales.coupons (
  code text primary key,
  percent int not null check (percent between 1 and 90),
  valid_during daterange not null,
  used_count int not null default 0
);
insert into sales.coupons select 'SAVE' || n, 5 * (1 + n % 6), daterange(date '2024-01-01' + n * 20, date '2024-01-01' + n * 20 + 30), n * 3 from generate_series(1, 48) n;

create table sales.orders (
  id bigint generated always as identity primary key,
  customer_id bigint not null references sales.customers,
  shipping_address_id bigint references sales.addresses,
  coupon_code text references sales.coupons,
  status sales.order_status not null default 'pending',
  ordered_at timestamptz not null,
  shipped_at timestamptz,
  currency char(3) not null default 'EUR',
  total numeric(12, 2) not null default 0 check (total >= 0),
  notes text,
  constraint orders_shipped_after_ordered check (shipped_at is null or shipped_at >= ordered_at)
);
comment on table sales.orders is 'One row per checkout; the total includes tax and discount';
comment on column sales.orders.status is 'pending → paid → shipped → delivered; cancelled and refunded end it';
insert into sales.orders (customer_id, shipping_address_id, coupon_code, status, ordered_at, shipped_at, currency, notes)
select 1 + (n * 31) % 8000, 1 + (n * 17) % 10000, case when n % 11 = 0 then 'SAVE' || (1 + n % 48) end,
  (array['delivered', 'delivered', 'delivered', 'delivered', 'shipped', 'paid', 'cancelled', 'refunded', 'pending'])[1 + n % 9]::sales.order_status, at,
  case when n % 9 < 5 then at + interval '30 hours' end, case when n % 7 = 5 then 'GBP' else 'EUR' end, case when n % 50 = 0 then 'Leave with the neighbour' end
from generate_series(1, 28000) n, lateral (select timestamptz '2024-01-01' + n * interval '53 minutes' as at) t;
create index orders_customer_id_ordered_at_idx on sales.orders (customer_id, ordered_at desc);
create index orders_ordered_at_idx on sales.orders using brin (ordered_at);
create index orders_open_idx on sales.orders (status, ordered_at) where status in ('pending', 'paid');

create table sales.order_items (
  order_id bigint references sales.orders on delete cascade,
  line int check (line > 0),
  product_id int not null references inventory.products,
  quantity int not null check (quantity > 0),
  unit_price numeric(10, 2) not null,
  primary key (order_id, line)
);
insert into sales.order_items
select o.id, l, p.id, 1 + (o.id + l) % 4, p.price
from sales.orders o cross join lateral generate_series(1, 1 + (o.id % 4)::int) l join inventory.products p on p.id = 1 + (o.id * 13 + l * 101) % 1200;
create index order_items_product_id_idx on sales.order_items (product_id);
update sales.orders o set total = i.total from (select order_id, sum(quantity * unit_price) as total from sales.order_items group by 1) i where i.order_id = o.id;

create table sales.payments (
  id uuid primary key default gen_random_uuid(),
  order_id bigint not null references sales.orders,
  method text not null check (method in ('card', 'invoice', 'transfer', 'wallet')),
  amount numeric(12, 2) not null,
  paid_at timestamptz not null,
  provider_response jsonb
);
insert into sales.payments (order_id, method, amount, paid_at, provider_response)
select id, (array['card', 'card', 'invoice', 'transfer', 'wallet'])[1 + id % 5], total, ordered_at + interval '5 minutes', jsonb_build_object('code', '00', 'risk', round((random() * 100)::numeric, 1))
from sales.orders where status not in ('pending', 'cancelled');
create index payments_order_id_idx on sales.payments (order_id);

create table sales.refunds (
  id bigint generated always as identity primary key,
  payment_id uuid not null references sales.payments,
  amount numeric(12, 2) not null check (amount > 0),
  reason text not null,
  refunded_at timestamptz not null
);
insert into sales.refunds (payment_id, amount, reason, refunded_at)
select p.id, p.amount, (array['damaged', 'too late', 'changed mind'])[1 + o.id % 3], p.paid_at + interval '9 days' from sales.payments p join sales.orders o on o.id = p.order_id where o.status = 'refunded';

-- marketing -------------------------------------------------------------------------------------------------------
create table marketing.campaigns (
  id int generated always as identity primary key,
  name text not null unique,
  channel text not null check (channel in ('email', 'search', 'social', 'print')),
  budget numeric(12, 2) not null,
  runs_during daterange not null,
  owner_id int references people.employees,
  targeting jsonb not null default '{}',
  exclude using gist (runs_during with &&) where (channel = 'print')
);
insert into marketing.campaigns (name, channel, budget, runs_during, owner_id, targeting)
select 'Campaign ' || n, (array['email', 'search', 'social'])[1 + n % 3], 500 + n * 120, daterange(date '2024-01-01' + n * 12, date '2024-01-01' + n * 12 + 28), 1 + n % 84,
  jsonb_build_object('countries', jsonb_build_array('DE', 'FR'), 'age', jsonb_build_array(25, 55))
from generate_series(1, 72) n;

create table marketing.newsletter_sends (
  id bigint generated always as identity primary key,
  campaign_id int not null references marketing.campaigns,
  customer_id bigint not null references sales.customers on delete cascade,
  sent_at timestamptz not null,
  opened_at timestamptz,
  clicked_at timestamptz,
  unique (campaign_id, customer_id)
);
insert into marketing.newsletter_sends (campaign_id, customer_id, sent_at, opened_at, clicked_at)
select 1 + n % 72, 1 + n % 8000, at, case when n % 3 = 0 then at + interval '2 hours' end, case when n % 12 = 0 then at + interval '3 hours' end
from generate_series(1, 16000) n, lateral (select timestamptz '2024-02-01' + n * interval '80 minutes' as at) t;
create index newsletter_sends_customer_id_idx on marketing.newsletter_sends (customer_id);

create table marketing.page_views (
  id bigint generated always as identity,
  viewed_at timestamptz not null,
  customer_id bigint references sales.customers,
  path text not null,
  referrer text,
  ip inet,
  device jsonb not null default '{}',
  primary key (id, viewed_at)
) partition by range (viewed_at);
comment on table marketing.page_views is 'One row per visit to a page, a partition per half-year';
create table marketing.page_views_2025_h1 partition of marketing.page_views for values from ('2025-01-01') to ('2025-07-01');
create table marketing.page_views_2025_h2 partition of marketing.page_views for values from ('2025-07-01') to ('2026-01-01');
create table marketing.page_views_2026_h1 partition of marketing.page_views for values from ('2026-01-01') to ('2026-07-01');
create table marketing.page_views_2026_h2 partition of marketing.page_views for values from ('2026-07-01') to ('2027-01-01');
insert into marketing.page_views (viewed_at, customer_id, path, referrer, ip, device)
select timestamptz '2025-01-01' + n * interval '23 minutes', case when n % 3 = 0 then 1 + n % 8000 end, '/p/' || (1 + n % 1200), (array['search', 'newsletter', null, 'social'])[1 + n % 4],
  ('10.' || n % 250 || '.' || n % 97 || '.' || n % 251)::inet, jsonb_build_object('mobile', n % 2 = 0, 'browser', (array['firefox', 'chrome', 'safari'])[1 + n % 3])
from generate_series(1, 36000) n;
create index page_views_customer_id_idx on marketing.page_views (customer_id);

create table marketing.ab_tests (
  name text primary key,
  hypothesis text not null,
  variants text[] not null check (cardinality(variants) >= 2),
  started_on date not null
);
insert into marketing.ab_tests select 'test-' || n, 'A shorter checkout sells more, round ' || n, array['control', 'short'], date '2025-01-01' + n * 30 from generate_series(1, 12) n;

-- analytics -------------------------------------------------------------------------------------------------------
create table analytics.fx_rates (
  day date,
  currency char(3),
  eur numeric(10, 6) not null check (eur > 0),
  primary key (day, currency)
);
insert into analytics.fx_rates select date '2024-01-01' + d, c, 1 + random()::numeric * 0.2 from generate_series(0, 1060) d, unnest(array['GBP', 'USD', 'SEK']) c;

create view analytics.order_revenue as
select o.id, o.ordered_at::date as day, c.country, o.currency, o.total, o.status
from sales.orders o join sales.customers c on c.id = o.customer_id where o.status not in ('cancelled', 'refunded');
comment on view analytics.order_revenue is 'Orders that brought money, with the country of the customer';

create view analytics.customer_value as
select c.id as customer_id, c.country, count(o.id) as orders, coalesce(sum(o.total), 0) as revenue, max(o.ordered_at) as last_order_at
from sales.customers c left join sales.orders o on o.customer_id = c.id group by c.id;

create view analytics.stock_warnings as
select w.code, p.sku, p.name, s.quantity, s.reorder_below
from inventory.stock_levels s join inventory.products p on p.id = s.product_id join inventory.warehouses w on w.id = s.warehouse_id where s.quantity < s.reorder_below;

create materialized view analytics.monthly_revenue as
select date_trunc('month', ordered_at)::date as month, currency, count(*) as orders, sum(total) as revenue from sales.orders where status not in ('cancelled', 'refunded') group by 1, 2;
create unique index monthly_revenue_key on analytics.monthly_revenue (month, currency);
comment on materialized view analytics.monthly_revenue is 'Refreshed every night';
