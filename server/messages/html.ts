/** HTML for mail programs: everything that is put in is escaped, unless it is HTML made here. */

class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
export type { Html };

type Part = string | number | Html | readonly Html[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  const text = strings.map((string, at) => (at === 0 ? '' : render(parts[at - 1]!)) + string);
  return new Html(text.join(''));
}

function render(part: Part): string {
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(({ text }) => text).join('');
  return String(part).replaceAll(/[&<>"']/g, (character) => ESCAPES[character]!);
}

/** Mail programs know tables and inline styles, and little else. */
const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
export const INK = '#1d1d1f';
export const QUIET = '#6e6e73';
export const LINE = '#e3e3e6';
export const ACCENT = '#2b5fd9';

/** A whole page, 600 pixels wide at most. `preview` is what a list of mails shows beside the subject. */
export function mailPage({ title, preview, body }: { title: string; preview: string; body: Html }): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light" />
        <title>${title}</title>
      </head>
      <body style="margin:0;padding:0;background:#f5f5f7">
        <div style="display:none;max-height:0;overflow:hidden">${preview}</div>
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f5f5f7">
          <tr>
            <td align="center" style="padding:24px 12px">
              <table
                role="presentation"
                width="600"
                cellpadding="0"
                cellspacing="0"
                style="width:100%;max-width:600px;background:#ffffff;border:1px solid ${LINE};border-radius:10px"
              >
                <tr>
                  <td style="padding:28px;${new Html(FONT)};font-size:15px;line-height:1.5;color:${INK}">
                    ${body}
                  </td>
                </tr>
              </table>
            </td>
          </tr>
        </table>
      </body>
    </html> `.text;
}

export function heading(text: string): Html {
  return html`<h1 style="margin:0 0 4px;font-size:22px;line-height:1.3;color:${INK}">${text}</h1>`;
}

export function subheading(text: string): Html {
  return html`<h2 style="margin:28px 0 8px;font-size:16px;line-height:1.3;color:${INK}">${text}</h2>`;
}

export function note(text: string): Html {
  return html`<p style="margin:0 0 8px;font-size:13px;color:${QUIET}">${text}</p>`;
}

export function link(address: string, text: string): Html {
  return html`<a href="${address}" style="color:${ACCENT}">${text}</a>`;
}
