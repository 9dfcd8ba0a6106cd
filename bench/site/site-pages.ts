import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import MarkdownIt from "markdown-it";

/** A page of the site: where it comes from, where it goes, what it says. */
export type SitePage = {
  /** Below the root of the repository, as in `docs/how-to/costs.md`. */
  readonly source: string;
  /** Below the root of the site, as in `how-to/costs.html`. */
  readonly target: string;
  readonly title: string;
  readonly body: string;
  /** Headings by the name that links know them by, with the text below each: what is searched. */
  readonly sections: readonly SiteSection[];
};
export type SiteSection = { readonly anchor: string; readonly title: string; readonly text: string };

/** Everything that is a page; the rest that pages lead to is copied. */
export function sitePages(root: string): {
  readonly pages: readonly SitePage[];
  readonly copies: readonly string[];
} {
  const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" });
  const sources = docs
    .map((path) => `docs/${path.replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".md"))
    .concat("README.md", "CHANGELOG.md")
    .sort();
  const copies = new Set<string>();
  const pages = sources.map((source) => pageOf(root, source, sources, copies));
  const decisions = pages.filter(({ source }) => source.startsWith("docs/decisions/"));
  return {
    pages: [...pages, listOf(decisions)],
    copies: [...copies].sort(),
  };
}

/** Where a page goes. */
function targetOf(source: string): string {
  if (source === "docs/README.md") return "index.html";
  if (source === "README.md") return "about.html";
  return source
    .replace(/^docs\//, "")
    .replace(/\.md$/, ".html")
    .toLowerCase();
}

function pageOf(root: string, source: string, sources: readonly string[], copies: Set<string>): SitePage {
  const markdown = new MarkdownIt({ html: false, linkify: false });
  const tokens = markdown.parse(readFileSync(join(root, source), "utf8"), {});
  const sections: { anchor: string; title: string; text: string }[] = [];
  const taken = new Map<string, number>();
  const target = targetOf(source);
  for (const [k, token] of tokens.entries()) {
    if (token.type === "heading_open") {
      const title = plainText(tokens[k + 1]!.children ?? []);
      const anchor = anchorOf(title, taken);
      token.attrSet("id", anchor);
      sections.push({ anchor, title, text: "" });
    }
    if (token.type === "fence" && sections.length > 0) sections.at(-1)!.text += ` ${token.content}`;
    if (token.type !== "inline") continue;
    if (sections.length > 0) sections.at(-1)!.text += ` ${plainText(token.children ?? [])}`;
    for (const child of token.children ?? [])
      if (child.type === "link_open") {
        const link = linkOf(root, source, target, String(child.attrGet("href")), sources);
        child.attrSet("href", link.href);
        if (link.copy !== null) copies.add(link.copy);
      }
  }
  const body = markdown.renderer.render(tokens, markdown.options, {});
  return { source, target, title: sections[0]?.title ?? source, body, sections };
}

type Inline = { readonly type: string; readonly content: string };

function plainText(parts: readonly Inline[]): string {
  return parts
    .map(({ type, content }) => (type === "softbreak" || type === "hardbreak" ? " " : content))
    .join("");
}

/** The name of a heading in links, as code hosts make it. */
function anchorOf(title: string, taken: Map<string, number>): string {
  const plain = title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");
  const count = taken.get(plain) ?? 0;
  taken.set(plain, count + 1);
  return count === 0 ? plain : `${plain}-${count}`;
}

/** A link between files as one between pages; what is no page is copied beside them. */
function linkOf(
  root: string,
  source: string,
  target: string,
  href: string,
  sources: readonly string[],
): { readonly href: string; readonly copy: string | null } {
  if (/^[a-z]+:/i.test(href) || href.startsWith("#")) return { href, copy: null };
  const [path = "", anchor] = href.split("#");
  const file = posix
    .normalize(posix.join(posix.dirname(source), decodeURIComponent(path)))
    .replace(/\/$/, "");
  const up = posix.relative(posix.dirname(target), ".") || ".";
  const to = (place: string): string =>
    posix.normalize(posix.join(up, place)) + (anchor === undefined ? "" : `#${anchor}`);
  if (sources.includes(file)) return { href: to(targetOf(file)), copy: null };
  if (file === "docs/decisions") return { href: to("decisions/index.html"), copy: null };
  const isFile = existsSync(join(root, file)) && statSync(join(root, file)).isFile();
  return { href: to(`files/${file}`), copy: isFile ? file : null };
}

/** The list of all decisions, which no file holds. */
function listOf(decisions: readonly SitePage[]): SitePage {
  const items = decisions.map(
    ({ target, title }) => `<li><a href="${posix.basename(target)}">${escaped(title)}</a></li>`,
  );
  return {
    source: dirname(decisions[0]!.source),
    target: "decisions/index.html",
    title: "Decisions",
    body: `<h1>Decisions</h1><ul>${items.join("\n")}</ul>`,
    sections: [],
  };
}

/** A text as markup that shows it. */
export function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
