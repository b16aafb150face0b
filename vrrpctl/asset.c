/*
 * Copyright (c) 2026 The vrrpd authors
 *
 * Permission to use, copy, modify, and distribute this software for any
 * purpose with or without fee is hereby granted, provided that the above
 * copyright notice and this permission notice appear in all copies.
 *
 * THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
 * WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
 * MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR
 * ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES
 * WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
 * ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF
 * OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.
 */

/*
 * What the pages need beside themselves: style, the script that refreshes
 * them, an icon. Runs in: vrrpctl-serve.
 */

#include <stddef.h>
#include <string.h>

#include "page.h"

static const char style[] =
	":root {\n"
	" color-scheme: light dark;\n"
	" --back: #f6f7f9; --card: #fff; --ink: #1a2129; --soft: #57606a;\n"
	" --line: #dfe3e8; --link: #0550ae; --head: #fafbfc;\n"
	" --master: #116329; --master-b: #dafbe1; --backup: #3d4752;\n"
	" --backup-b: #e9edf1; --fault: #a40e26; --fault-b: #ffe3e6;\n"
	" --held: #7a4100; --held-b: #fff1d6;\n"
	"}\n"
	"@media (prefers-color-scheme: dark) {\n"
	" :root {\n"
	"  --back: #0d1117; --card: #151b23; --ink: #e6edf3; --soft: #9ba6b2;\n"
	"  --line: #2b333d; --link: #79b8ff; --head: #1a212a;\n"
	"  --master: #7ee2a0; --master-b: #10331d; --backup: #c3ccd6;\n"
	"  --backup-b: #283039; --fault: #ffa3ab; --fault-b: #4a1219;\n"
	"  --held: #f5c276; --held-b: #3d2b0a;\n"
	" }\n"
	"}\n"
	"* { box-sizing: border-box; }\n"
	"html { -webkit-text-size-adjust: 100%; }\n"
	"body {\n"
	" margin: 0; background: var(--back); color: var(--ink);\n"
	" font: 15px/1.5 system-ui, -apple-system, \"Segoe UI\", Roboto,\n"
	"  \"Helvetica Neue\", \"Noto Sans\", \"Liberation Sans\","
	" sans-serif;\n"
	" font-variant-numeric: tabular-nums;\n"
	"}\n"
	"#page, #lost { max-width: 74rem; margin: 0 auto; padding: 1.5rem; }\n"
	"a { color: var(--link); text-decoration: none; }\n"
	"a:hover { text-decoration: underline; }\n"
	":focus-visible { outline: 2px solid var(--link); outline-offset:"
	" 2px;\n"
	" border-radius: 2px; }\n"
	".unseen { position: absolute; width: 1px; height: 1px; margin: -1px;\n"
	" overflow: hidden; clip-path: inset(50%); white-space: nowrap; }\n"
	"header { margin-bottom: 1.5rem; }\n"
	".brand { margin: 0; color: var(--soft); font-size: .8rem;"
	" font-weight: 600;\n"
	" letter-spacing: .06em; }\n"
	"h1 { margin: .1rem 0 0; font-size: 1.65rem; font-weight: 650;\n"
	" line-height: 1.25; overflow-wrap: anywhere; }\n"
	"h1 .state { font-size: .85rem; vertical-align: .3em; margin-left:"
	" .4rem; }\n"
	"h2, caption { margin: 0; padding: .7rem 1rem; font-size: .95rem;\n"
	" font-weight: 600; text-align: left; }\n"
	".summary { margin: .2rem 0 0; color: var(--soft); overflow-wrap:"
	" anywhere; }\n"
	"section { margin-bottom: 1.25rem; background: var(--card);\n"
	" border: 1px solid var(--line); border-radius: 8px; overflow:"
	" hidden; }\n"
	"table { width: 100%; border-collapse: collapse; }\n"
	"thead th { color: var(--soft); font-size: .78rem; font-weight: 600;\n"
	" background: var(--head); border-top: 1px solid var(--line); }\n"
	"th, td { padding: .5rem .75rem; text-align: left; vertical-align:"
	" top;\n"
	" border-bottom: 1px solid var(--line); }\n"
	"th:first-child, td:first-child { padding-left: 1rem; }\n"
	"th:last-child, td:last-child { padding-right: 1rem; }\n"
	"tbody tr:last-child > * { border-bottom: 0; }\n"
	"tbody th { font-weight: 600; overflow-wrap: anywhere; }\n"
	"td { white-space: nowrap; }\n"
	"td.wide { white-space: normal; overflow-wrap: anywhere; min-width:"
	" 12rem;\n"
	" width: 45%; }\n"
	".n { text-align: right; }\n"
	"small { color: var(--soft); font-size: .8rem; font-weight: 400; }\n"
	"th small, td small { display: block; }\n"
	".dim { color: var(--soft); }\n"
	"td.bad { color: var(--fault); font-weight: 600; }\n"
	".state { display: inline-block; padding: .1rem .5rem;"
	" border-radius: 4px;\n"
	" font-size: .78rem; font-weight: 650; letter-spacing: .02em;\n"
	" line-height: 1.45; white-space: nowrap; color: var(--held);\n"
	" background: var(--held-b); }\n"
	".state::before { content: \"\\25D0\\00A0\"; }\n"
	".s-MASTER, .r-good { color: var(--master); background:"
	" var(--master-b); }\n"
	".s-MASTER::before, .r-good::before { content: \"\\25CF\\00A0\"; }\n"
	".s-BACKUP { color: var(--backup); background: var(--backup-b); }\n"
	".s-BACKUP::before { content: \"\\25CB\\00A0\"; }\n"
	".s-FAULT, .r-bad { color: var(--fault); background: var(--fault-b);"
	" }\n"
	".s-FAULT::before, .r-bad::before { content: \"\\25B2\\00A0\"; }\n"
	".tag { padding: 0 .4rem; border-radius: 4px; font-size: .8rem;\n"
	" font-weight: 600; }\n"
	".held { color: var(--held); background: var(--held-b); }\n"
	".banner { margin: 0 0 1.25rem; padding: .7rem 1rem; border-radius:"
	" 8px;\n"
	" overflow-wrap: anywhere; }\n"
	".banner.bad, .alarm { color: var(--fault); background:"
	" var(--fault-b); }\n"
	".alarm { padding: 1.25rem 1.5rem; border-radius: 8px;\n"
	" overflow-wrap: anywhere; }\n"
	"#lost { margin-top: 1.5rem; }\n"
	".alarm h1 { font-size: 1.25rem; }\n"
	".alarm p { margin: .4rem 0 0; }\n"
	".none { color: var(--soft); }\n"
	"code { font: .9em ui-monospace, \"DejaVu Sans Mono\", \"Liberation"
	" Mono\",\n"
	" monospace; }\n"
	"dl { margin: 0; padding: 0 1rem .8rem; }\n"
	"dt { color: var(--soft); font-size: .85rem; }\n"
	"dt::first-letter { text-transform: uppercase; }\n"
	"dd { margin: 0; overflow-wrap: anywhere; }\n"
	".why > div { display: grid; grid-template-columns: 6rem 1fr;\n"
	" padding: .2rem 0; }\n"
	".facts { display: grid; gap: .6rem 1.5rem;\n"
	" grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); }\n"
	".list { margin: 0; padding: 0 1rem .8rem; list-style: none; }\n"
	"summary { padding: .7rem 1rem; font-size: .95rem; font-weight: 600;\n"
	" cursor: pointer; }\n"
	"footer { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem;\n"
	" justify-content: space-between; color: var(--soft); font-size:"
	" .85rem; }\n"
	"footer p { margin: 0; }\n"
	"nav a { margin-right: .75rem; }\n"
	"@media (max-width: 52rem) {\n"
	" #page, #lost { padding: 1rem; }\n"
	" table, tbody, tr, td, tbody th { display: block; }\n"
	" caption { display: block; }\n"
	" thead { position: absolute; width: 1px; height: 1px; overflow:"
	" hidden;\n"
	"  clip-path: inset(50%); }\n"
	" tr { position: relative; padding: .6rem 1rem;\n"
	"  border-top: 1px solid var(--line); }\n"
	" tbody tr > *, th:first-child, td:first-child, td:last-child {\n"
	"  padding: .1rem 0; border: 0; }\n"
	" tbody th { padding-right: 7rem !important; }\n"
	" td { display: flex; justify-content: flex-end; align-items:"
	" baseline;\n"
	"  gap: .4rem; white-space: normal; text-align: right; }\n"
	" td.wide { min-width: 0; width: auto; }\n"
	" td::before { content: attr(data-label); flex: none; margin-right:"
	" auto;\n"
	"  padding-right: 1rem; color: var(--soft); font-size: .85rem;\n"
	"  font-weight: 400; }\n"
	" th + td.key { position: absolute; top: .65rem; right: 1rem; }\n"
	" th + td.key::before { display: none; }\n"
	" td:empty { display: none; }\n"
	" td small { display: inline; }\n"
	" .why > div { grid-template-columns: 1fr; }\n"
	" .facts { grid-template-columns: 1fr 1fr; gap: .6rem 1rem; }\n"
	"}\n"
	"@media print { section { break-inside: avoid; } }\n";

/* Without it (it may be off) the page is loaded anew by itself. */
static const char script[] =
	"(function () {\n"
	"\"use strict\";\n"
	"var every = 2000, limit = 5000, last = new Date(), page, said, lost;\n"
	"function find(id) { return document.getElementById(id); }\n"
	"function keyOf(e) {\n"
	" return e && (e.getAttribute(\"data-key\") ||"
	" e.getAttribute(\"href\") ||\n"
	"  (e.localName === \"summary\" ? \"summary\" : null));\n"
	"}\n"
	"function focusAgain(key) {\n"
	" if (!key) return;\n"
	" var all = page.querySelectorAll(\"a, summary\");\n"
	" for (var i = 0; i < all.length; i++)\n"
	"  if (keyOf(all[i]) === key) { all[i].focus({ preventScroll: true"
	" }); return; }\n"
	"}\n"
	"function isOpen() {\n"
	" var d = page.querySelector(\"details\");\n"
	" return !!d && d.open;\n"
	"}\n"
	"function show(doc) {\n"
	" var fresh = doc.getElementById(\"page\"), key, open, d;\n"
	" if (!fresh) throw new Error(\"no page\");\n"
	" key = page.contains(document.activeElement) ?\n"
	"  keyOf(document.activeElement) : null;\n"
	" open = isOpen();\n"
	" fresh = document.importNode(fresh, true);\n"
	" d = fresh.querySelector(\"details\");\n"
	" if (d) d.open = open;\n"
	" page.replaceWith(fresh);\n"
	" page = fresh;\n"
	" focusAgain(key);\n"
	" document.title = doc.title;\n"
	" d = doc.getElementById(\"said\");\n"
	" if (d && d.textContent !== said.textContent)\n"
	"  said.textContent = d.textContent;\n"
	" lost.hidden = true;\n"
	" last = new Date();\n"
	"}\n"
	"function fail() {\n"
	" var first = lost.hidden, h, p;\n"
	" page.hidden = true;\n"
	" lost.hidden = false;\n"
	" if (!first) return;\n"
	" h = document.createElement(\"h1\");\n"
	" p = document.createElement(\"p\");\n"
	" h.textContent = \"The state of this router is not known\";\n"
	" p.textContent = \"The server of this page has not answered since"
	" \" +\n"
	"  last.toLocaleTimeString() + \".\";\n"
	" lost.replaceChildren(h, p);\n"
	" document.title = h.textContent;\n"
	"}\n"
	"function ask() {\n"
	" var stop = new AbortController();\n"
	" var timer = setTimeout(function () { stop.abort(); }, limit);\n"
	" fetch(location.href, { cache: \"no-store\", signal: stop.signal }).\n"
	"  then(function (r) { return r.text(); }).\n"
	"  then(function (t) {\n"
	"   show(new DOMParser().parseFromString(t, \"text/html\"));\n"
	"  }).catch(fail).then(function () {\n"
	"   clearTimeout(timer);\n"
	"   setTimeout(next, every);\n"
	"  });\n"
	"}\n"
	"function next() {\n"
	" if (document.hidden)\n"
	"  document.addEventListener(\"visibilitychange\", ask, { once: true"
	" });\n"
	" else\n"
	"  ask();\n"
	"}\n"
	"page = find(\"page\");\n"
	"said = find(\"said\");\n"
	"lost = find(\"lost\");\n"
	"setTimeout(next, every);\n"
	"})();\n";

static const char icon[] =
	"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\">"
	"<rect width=\"16\" height=\"16\" rx=\"3\" fill=\"#116329\"/>"
	"<path d=\"M4 4l4 8 4-8\" fill=\"none\" stroke=\"#fff\" "
	"stroke-width=\"2\"/></svg>\n";

static const struct {
	const char	*path;
	const char	*type;
	const char	*text;
} assets[] = {
	{ "/style.css", "text/css; charset=utf-8", style },
	{ "/page.js", "text/javascript; charset=utf-8", script },
	{ "/icon.svg", "image/svg+xml", icon },
	{ "/favicon.ico", "image/svg+xml", icon }
};

const char *
asset_find(const char *path, const char **type)
{
	size_t	 i;

	if (path == NULL)
		return (NULL);
	for (i = 0; i < sizeof(assets) / sizeof(assets[0]); i++) {
		if (strcmp(assets[i].path, path) == 0) {
			*type = assets[i].type;
			return (assets[i].text);
		}
	}
	return (NULL);
}
