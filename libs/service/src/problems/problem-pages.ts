import { Controller, Get, Header, Headers, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type ProblemKind, problemCatalogue, problemKindOf } from '@semel/contracts';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/access.js';
import { Problem } from './problem.js';

const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

/** The pages that a problem's `type` leads to: HTML for people, JSON for those who ask for it. */
@Controller('problems')
@ApiExcludeController()
@Public()
export class ProblemPages {
  @Get()
  @Header('content-security-policy', PAGE_POLICY)
  index(
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): unknown {
    if (wantsJson(accept)) {
      return { items: Object.entries(problemCatalogue).map(([code, kind]) => described(code, kind)) };
    }
    reply.type('text/html; charset=utf-8');
    const items = Object.entries(problemCatalogue)
      .map(
        ([code, kind]) => `<li><a href="/problems/${code}">${code}</a> (${kind.status}): ${kind.title}</li>`,
      )
      .join('\n');
    return page(
      'Problems',
      `<p>Every error of this service has one of these codes.</p>\n<ul>\n${items}\n</ul>`,
    );
  }

  @Get(':code')
  @Header('content-security-policy', PAGE_POLICY)
  kind(
    @Param('code') code: string,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): unknown {
    const kind = problemKindOf(code);
    if (kind === undefined)
      throw new Problem('not-found', 'There is no problem of this code. See /problems.');
    if (wantsJson(accept)) return described(code, kind);
    reply.type('text/html; charset=utf-8');
    return page(
      kind.title,
      `<p><code>${code}</code>, HTTP status ${kind.status}</p>
<h2>What happened</h2>
<p>${escapeHtml(kind.explanation)}</p>
<h2>What to do</h2>
<p>${escapeHtml(kind.cure)}</p>
<p><a href="/problems">All problems</a></p>`,
    );
  }
}

function described(code: string, kind: ProblemKind): object {
  return { type: `/problems/${code}`, code, ...kind };
}

/** JSON only where it is named and HTML is not: browsers and curl's own Accept get the page. */
function wantsJson(accept: string | undefined): boolean {
  return (
    accept !== undefined &&
    /\bapplication\/(?:[\w.]+\+)?json\b/i.test(accept) &&
    !/\btext\/html\b/i.test(accept)
  );
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.6 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1rem; }
h1 { line-height: 1.2; }
</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${content}
</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
