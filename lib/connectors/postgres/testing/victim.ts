/** A database of somebody who may do everything to it, and functions of theirs that write. */
export const victimSql = (database: string, writer: { username: string; password: string }): string => `
  create role ${writer.username} login password '${writer.password}';
  grant create on database ${database} to ${writer.username};
  grant all on schema public to ${writer.username};
  set role ${writer.username};
  create table victim (id int primary key);
  insert into victim values (1);
  create materialized view victim_copy as select id from victim;
  create sequence counter;
  create function write_victim() returns int language plpgsql as
    $$ begin insert into victim select max(id) + 1 from victim; return 1; end $$;
  create function write_quietly() returns int language plpgsql as
    $$ begin insert into victim select max(id) + 1 from victim; return 1; exception when others then return 0; end $$;
  create view sly as select write_victim() as id;
  create procedure write_procedure() language plpgsql as $$ begin insert into victim values (20); end $$;
  create procedure commit_procedure() language plpgsql as $$ begin commit; insert into victim values (21); commit; end $$;
  reset role;
  create function read_passwd() returns text language plpgsql as $$ begin return pg_read_file('/etc/passwd'); end $$;
`

/** Everything an attack could have changed, as one text; what only counts use is left out. */
export const stateSql = `
  select (select string_agg(id::text, ',' order by id) from victim), (select string_agg(id::text, ',' order by id) from victim_copy),
    (select last_value || ' ' || is_called from counter),
    (select string_agg(concat_ws(' ', relname, relkind, relacl, relfilenode), ',' order by oid) from pg_class where oid >= 16384),
    (select string_agg(attname, ',' order by attrelid, attnum) from pg_attribute where attrelid >= 16384),
    (select count(*) from pg_proc), (select count(*) from pg_type), (select count(*) from pg_namespace), (select count(*) from pg_largeobject_metadata),
    (select count(*) from pg_extension), (select string_agg(concat_ws(' ', rolname, rolconfig), ',' order by rolname) from pg_roles
      where rolname in ('another', (select tableowner from pg_tables where tablename = 'victim'))),
    (select string_agg(setconfig::text, ',' order by setconfig::text) from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
      where d.datname = current_database()),
    (select count(*) from pg_description where objoid >= 16384), (select count(*) from pg_seclabel), (select count(*) from pg_prepared_xacts),
    (select string_agg(name || setting, ',') from pg_file_settings where sourcefile ~ 'auto.conf$')`
