-- Messages name their alert without a reference to it.
--
-- On Citus a table with a foreign key may not be written to in a transaction that has read from many nodes, as rules
-- of alerts do before they open one. Old alerts are removed in one place, which removes their messages too.
alter table messages drop constraint messages_alert_id_fkey;
