// What a page does in a browser: search, dark and light. It asks no server for anything.
const root = document.body.dataset.root;
const results = document.getElementById("results");
const shownMax = 15;

document.getElementById("theme").addEventListener("click", () => {
  const html = document.documentElement;
  const isDark =
    html.dataset.theme === ""
      ? matchMedia("(prefers-color-scheme: dark)").matches
      : html.dataset.theme === "dark";
  html.dataset.theme = isDark ? "light" : "dark";
  localStorage.setItem("theme", html.dataset.theme);
});
if (matchMedia("(max-width: 800px)").matches) document.querySelector("nav details").open = false;

/** Every word must be there; a word in the heading counts most. */
function found(words) {
  return window.searchIndex
    .map((entry) => {
      const [title, text] = [entry.title.toLowerCase(), `${entry.page} ${entry.text}`.toLowerCase()];
      const begins = (where, word) => where.startsWith(word) || where.includes(` ${word}`);
      const points = words.map((word) => (begins(title, word) ? 5 : 0) + (text.includes(word) ? 1 : 0));
      return { entry, points: points.includes(0) ? 0 : points.reduce((sum, one) => sum + one, 0) };
    })
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points)
    .slice(0, shownMax);
}

function lineOf({ page, title, url, text }, word) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = root + url;
  link.textContent = page === title ? title : `${page}: ${title}`;
  const around = document.createElement("small");
  const at = Math.max(0, text.toLowerCase().indexOf(word) - 60);
  around.textContent = text.slice(at, at + 160);
  item.append(link, around);
  return item;
}

document.getElementById("search").addEventListener("input", ({ target }) => {
  const words = target.value
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  results.hidden = words.length === 0;
  results.replaceChildren(
    ...(words.length === 0 ? [] : found(words).map(({ entry }) => lineOf(entry, words[0]))),
  );
  if (words.length > 0 && results.children.length === 0) results.append("nothing is called so");
});
