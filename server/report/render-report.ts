/** The weekly report as a mail: HTML that mail programs show well, and the same as plain text. */
import type { ServerConfig } from '../config.ts';
import { dashboardUrl } from '../messages/channels.ts';
import { type Html, LINE, QUIET, heading, html, link, mailPage, note, subheading } from '../messages/html.ts';
import type { CrashGroup } from '../store/crash-groups.ts';
import type { MailContent } from '../store/messages.ts';
import { longDay } from './formats.ts';
import type { ReportFigure, WeeklyReport } from './weekly-report.ts';

const GOOD = '#1a7f37';
const BAD = '#b3261e';
const NO_DATA = 'no data';

export function renderReport(config: ServerConfig, report: WeeklyReport): MailContent {
  const title = `Week of ${longDay(report.from)}`;
  const preview = report.changes.map(sentenceOf).join(' ') || 'Nothing changed much.';
  return {
    to: 'report',
    subject: `[Roost] ${title}`,
    text: textOf(config, report, title),
    html: mailPage({ title, preview, body: bodyOf(config, report, title) }),
  };
}

function shown({ format }: ReportFigure, value: number | null): string {
  return value === null ? NO_DATA : format(value);
}

/** In points for shares, in percent for all else; '' where there is nothing to compare. */
function changeOf(figure: ReportFigure): string {
  const { now, before, kind, format } = figure;
  if (now === null || before === null) return '';
  if (now === before) return 'unchanged';
  const sign = now > before ? '+' : '−';
  const size = Math.abs(now - before);
  if (kind === 'share') return `${sign}${Number((size * 100).toFixed(1))} points`;
  return before === 0 ? `${sign}${format(size)}` : `${sign}${Math.round((size / before) * 100)}%`;
}

function colourOf({ now, before, better, weight }: ReportFigure): string {
  if (weight < 1 || better === 'neither') return QUIET;
  const rose = now! > before!;
  return rose === (better === 'higher') ? GOOD : BAD;
}

function sentenceOf(figure: ReportFigure): string {
  const rose = figure.now! > figure.before!;
  return `${figure.label} ${rose ? 'rose' : 'fell'} from ${shown(figure, figure.before)} to ${shown(figure, figure.now)}.`;
}

function groupUrl(config: ServerConfig, { from, to }: WeeklyReport, group: CrashGroup): string {
  return dashboardUrl(
    config,
    `?page=crashes&item=${encodeURIComponent(group.fingerprint)}&from=${from}&to=${to}`,
  );
}

function groupFigures({ crashes, users, app_versions }: CrashGroup): string {
  const people = users === 1 ? '1 user' : `${users} users`;
  return `${crashes === 1 ? '1 crash' : `${crashes} crashes`}, ${people}, in ${app_versions.join(', ')}`;
}

function periodOf({ from, to }: WeeklyReport): string {
  return `${longDay(from)} to ${longDay(to)}, UTC days, production, beside the week before.`;
}

function reportUrl(config: ServerConfig, { from, to }: WeeklyReport): string {
  return dashboardUrl(config, `?from=${from}&to=${to}`);
}

function textOf(config: ServerConfig, report: WeeklyReport, title: string): string {
  const { figures, changes, crashGroups } = report;
  const width = Math.max(...figures.map(({ label }) => label.length));
  return [
    title,
    periodOf(report),
    '',
    'WHAT CHANGED MOST',
    ...(changes.length > 0
      ? changes.map((figure) => `- ${sentenceOf(figure)}`)
      : ['- Nothing changed much.']),
    '',
    'FIGURES',
    ...figures.map((figure) => {
      const change = changeOf(figure);
      const before = `before: ${shown(figure, figure.before)}${change && `, ${change}`}`;
      return `${figure.label.padEnd(width)}  ${shown(figure, figure.now)} (${before})`;
    }),
    '',
    'MOST FREQUENT CRASHES',
    ...(crashGroups.length > 0
      ? crashGroups.flatMap((group) => [
          `- ${group.title}`,
          `  ${groupFigures(group)}`,
          `  ${groupUrl(config, report, group)}`,
        ])
      : ['- None.']),
    '',
    `The whole week: ${reportUrl(config, report)}`,
    '',
  ].join('\n');
}

function bodyOf(config: ServerConfig, report: WeeklyReport, title: string): Html {
  const { figures, changes, crashGroups } = report;
  return html`${heading(title)}${note(periodOf(report))} ${subheading('What changed most')}
    ${changes.length > 0 ? changes.map(changeRow) : [note('Nothing changed much.')]} ${subheading('Figures')}
    <table width="100%" cellpadding="0" cellspacing="0" style="border-collapse:collapse;font-size:14px">
      <tr>
        <th align="left" style="${HEAD}">Figure</th>
        <th align="right" style="${HEAD}">Week</th>
        <th align="right" style="${HEAD}">Before</th>
        <th align="right" style="${HEAD}">Change</th>
      </tr>
      ${figures.map(figureRow)}
    </table>
    ${subheading('Most frequent crashes')}
    ${crashGroups.length > 0 ? crashGroups.map((group) => groupRow(config, report, group)) : [note('None.')]}
    <p style="margin:28px 0 0">${link(reportUrl(config, report), 'Open the week on the dashboard')}</p>`;
}

const HEAD = `padding:6px 0;border-bottom:1px solid ${LINE};font-size:12px;font-weight:normal;color:${QUIET}`;
const CELL = `padding:7px 0;border-bottom:1px solid ${LINE};white-space:nowrap`;

function changeRow(figure: ReportFigure): Html {
  return html`<p style="margin:0 0 6px">
    <strong style="color:${colourOf(figure)}">${changeOf(figure)}</strong> ${sentenceOf(figure)}
  </p> `;
}

function figureRow(figure: ReportFigure): Html {
  return html`<tr>
    <td style="${CELL}">${figure.label}</td>
    <td align="right" style="${CELL};font-weight:600">${shown(figure, figure.now)}</td>
    <td align="right" style="${CELL};color:${QUIET}">${shown(figure, figure.before)}</td>
    <td align="right" style="${CELL};color:${colourOf(figure)}">${changeOf(figure)}</td>
  </tr> `;
}

function groupRow(config: ServerConfig, report: WeeklyReport, group: CrashGroup): Html {
  return html`<p style="margin:0 0 10px;word-break:break-word">
    ${link(groupUrl(config, report, group), group.title)}<br />
    <span style="font-size:13px;color:${QUIET}">${groupFigures(group)}</span>
  </p> `;
}
