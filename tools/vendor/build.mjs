// Copies the vendored libraries into review_app/static/vendor, lowers what Chromium 78 cannot read, draws the icon sprite
// and writes vendor.json with the hashes a test compares. Run: npm ci && npm run build
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const staticFolder = here("../../review_app/static/");
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

const LIBRARIES = [
  { name: "htmx", from: "htmx.org", source: "dist/htmx.min.js", file: "vendor/htmx.js", lowered: "chrome78" },
  { name: "tom-select", from: "tom-select", source: "dist/js/tom-select.complete.min.js", file: "vendor/tom-select.js" },
  { name: "sortablejs", from: "sortablejs", source: "Sortable.min.js", file: "vendor/sortable.js" },
];
const ICONS = [
  "alert-circle", "alert-triangle", "arrow-back-up", "arrow-down", "arrow-up", "award", "books", "calendar", "chart-bar",
  "check", "chevron-left", "chevron-right", "circle", "circle-check", "clipboard-check", "clock", "copy", "download", "edit",
  "external-link", "eye", "file-text", "file-word", "file-zip", "filter", "grip-vertical", "highlight", "history", "home",
  "inbox", "info-circle", "keyboard", "list-numbers", "lock", "mail", "message", "minus", "photo", "plus", "printer",
  "refresh", "search", "settings", "speakerphone", "star", "tag", "trash", "upload", "user", "users", "x",
];

function readPackage(name) {
  return JSON.parse(readFileSync(here(`node_modules/${name}/package.json`), "utf8"));
}

function vendorLibrary({ name, from, source, file, lowered }) {
  const upstream = readFileSync(here(`node_modules/${from}/${source}`));
  const { version, license } = readPackage(from);
  const banner = `/* ${name} ${version}, ${license}; lowered to Chromium 78 from ${source} */\n`;
  const bytes = lowered
    ? Buffer.from(banner + transformSync(upstream.toString("utf8"), { target: lowered, minify: true }).code)
    : Buffer.from(upstream.toString("utf8").replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n"));
  writeFileSync(staticFolder + file, bytes);
  return { name, version, license, source, upstream_sha256: sha256(upstream), file, sha256: sha256(bytes), lowered: lowered || null };
}

function drawSprite() {
  const { version, license } = readPackage("@tabler/icons");
  const upstream = createHash("sha256");
  const symbols = ICONS.map((name) => {
    const svg = readFileSync(here(`node_modules/@tabler/icons/icons/outline/${name}.svg`), "utf8");
    upstream.update(svg);
    const shapes = svg.replace(/<!--[^]*?-->/g, "").replace(/^[^]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
    const drawn = shapes.replace(/<path stroke="none"[^>]*>/, "").replace(/\s+/g, " ").trim();
    return `<symbol id="${name}" viewBox="0 0 24 24">${drawn}</symbol>`;
  });
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">\n<!-- Tabler Icons ${version}, ${license}, Paweł Kuna -->\n${symbols.join("\n")}\n</svg>\n`;
  writeFileSync(staticFolder + "icons/sprite.svg", sprite);
  return {
    name: "tabler-icons", version, license, source: "icons/outline/*.svg", upstream_sha256: upstream.digest("hex"),
    file: "icons/sprite.svg", sha256: sha256(sprite), lowered: null,
  };
}

const manifest = [...LIBRARIES.map(vendorLibrary), drawSprite()];
writeFileSync(staticFolder + "vendor/vendor.json", JSON.stringify(manifest, null, 2) + "\n");
