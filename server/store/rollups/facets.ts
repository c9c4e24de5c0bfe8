/** The combinations of version, platform, country and environment that occur (table `facets`). */
import type pg from 'pg';

import { TAKEN } from './taken.ts';
import type { UserDays } from './marks.ts';

/** Gives a number to each combination in these user-days that has none. Under the rollups' lock, so numbers are free. */
export async function addFacets(client: pg.ClientBase, { userIds, days }: UserDays): Promise<void> {
  await client.query(
    `with ${TAKEN},
     found as (
       select e.app_version, e.platform, coalesce(e.country, '') as country, e.environment
       from taken
       join events e on e.user_id = taken.user_id and e.timestamp >= taken.starts_at and e.timestamp < taken.ends_at
       union
       select c.app_version, coalesce(c.platform, ''), coalesce(c.country, ''), c.environment
       from taken
       join crashes c on c.user_id = taken.user_id and c.timestamp >= taken.starts_at and c.timestamp < taken.ends_at
     ),
     missing as (
       select app_version, platform, country, environment from found
       except
       select app_version, platform, country, environment from facets
     )
     insert into facets (facet_id, app_version, platform, country, environment)
     select coalesce((select max(facet_id) from facets), 0) + row_number() over (), app_version, platform, country, environment
     from missing`,
    [userIds, days],
  );
}
