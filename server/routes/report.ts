/** `GET /dashboard/report`: the weekly report as its mail looks. */
import type { FastifyInstance } from 'fastify';

import { freshen } from '../jobs/aggregate.ts';
import { lastWholeWeek } from '../jobs/report.ts';
import { renderReport } from '../report/render-report.ts';
import { readWeeklyReport } from '../report/weekly-report.ts';
import { FRESHEN_MS } from './stats.ts';
import { invalid, parseDay, parameters } from './stats-query.ts';

/** A mail has its styles inside, and nothing else: no script, no picture, no form. */
const MAIL_CSP = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

export async function reportRoutes(app: FastifyInstance): Promise<void> {
  app.get('/dashboard/report', async (request, reply) => {
    const given = parameters(request.url, ['week', 'format']);
    const week = parseDay('week', given.get('week')) ?? lastWholeWeek(new Date());
    const format = given.get('format') ?? 'html';
    if (format !== 'html' && format !== 'text') throw invalid('format', 'expected html or text');
    await freshen(app.pool, FRESHEN_MS);
    const mail = renderReport(app.config, await readWeeklyReport(app.pool, week));
    reply.header('cache-control', 'no-store');
    if (format === 'text') return reply.type('text/plain; charset=utf-8').send(mail.text);
    return reply.type('text/html; charset=utf-8').header('content-security-policy', MAIL_CSP).send(mail.html);
  });
}
