-- Roles belong to the whole server, so another study may have made them already. `randose_owner` owns everything of the
-- ledger, and nobody logs in as it. The logins of people are members of `randose_people`, which may call functions and
-- nothing else.
do $$
begin
  if not exists (select from pg_roles where rolname = 'randose_owner') then
    create role randose_owner nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'randose_people') then
    create role randose_people nologin;
  end if;
  -- Since PostgreSQL 16, whoever creates a role is not yet a member who can use it.
  if not pg_has_role(current_user, 'randose_owner', 'usage') then
    execute format('grant randose_owner to %I', current_user);
  end if;
  -- Duties are granted in a function of the owner, which makes logins members.
  if not exists (
    select from pg_auth_members
    where roleid = 'randose_people'::regrole and member = 'randose_owner'::regrole and admin_option
  ) then
    grant randose_people to randose_owner with admin option;
  end if;
end $$;

-- A login of a site needs to connect, and neither temporary tables nor a schema to write in.
do $$
begin
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to randose_people', current_database());
end $$;
revoke create on schema public from public;

create schema randose authorization randose_owner;
set local role randose_owner;
