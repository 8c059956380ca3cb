#include "report/page.h"

#include <algorithm>

namespace paragon {
namespace {

constexpr const char* kStyle = R"(
:root{color-scheme:light dark;--ink:#1f2328;--dim:#59636e;--rule:#d1d9e0;--paper:#fff;--mark:#ddf4e4}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--dim:#9198a1;--rule:#3d444d;--paper:#0d1117;--mark:#12361f}}
body{margin:0 auto;max-width:66rem;padding:1.5rem 1rem 3rem;background:var(--paper);color:var(--ink);
font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;margin:0}
h2{font-size:1.15rem;margin:2.2rem 0 .6rem;border-bottom:1px solid var(--rule);padding-bottom:.2rem}
p{margin:.5rem 0}
.subtitle,footer{color:var(--dim)}
footer{margin-top:3rem;font-size:.85rem;overflow-wrap:anywhere}
.table{overflow-x:auto;margin:.8rem 0}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem}
th{color:var(--dim);font-weight:600;vertical-align:bottom}
th,td{padding:.2rem .7rem .2rem 0;text-align:right;white-space:nowrap}
th.left,td.left{text-align:left}
tbody tr{border-top:1px solid var(--rule)}
tr.marked td{background:var(--mark)}
svg{display:block;margin:.8rem 0}
@media print{body{max-width:none}}
)";

void row(std::string& out, const HtmlTable& table, const std::vector<std::string>& cells,
         const char* tag) {
  for (std::size_t c = 0; c < table.heads.size(); ++c) {
    const bool left = static_cast<int>(c) < table.left;
    out += std::string("<") + tag + (left ? " class=\"left\">" : ">");
    if (c < cells.size()) out += svg::escaped(cells[c]);
    out += std::string("</") + tag + ">";
  }
  out += "</tr>\n";
}

void add(std::string& out, const HtmlTable& table) {
  out += "<div class=\"table\"><table>\n<thead><tr>";
  row(out, table, table.heads, "th");
  out += "</thead>\n<tbody>\n";
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const bool marked = std::count(table.marked.begin(), table.marked.end(), r) > 0;
    out += marked ? "<tr class=\"marked\">" : "<tr>";
    row(out, table, table.rows[r], "td");
  }
  out += "</tbody></table></div>\n";
}

}  // namespace

std::string html(const HtmlPage& page) {
  std::string out =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
      svg::escaped(page.title) + "</title>\n<style>" + kStyle + "</style>\n</head>\n<body>\n<h1>" +
      svg::escaped(page.title) + "</h1>\n";
  if (!page.subtitle.empty()) {
    out += "<p class=\"subtitle\">" + svg::escaped(page.subtitle) + "</p>\n";
  }
  for (const Section& section : page.sections) {
    out += "<section>\n";
    if (!section.title.empty()) out += "<h2>" + svg::escaped(section.title) + "</h2>\n";
    for (const std::string& words : section.paragraphs) {
      out += "<p>" + svg::escaped(words) + "</p>\n";
    }
    for (const HtmlTable& table : section.tables) add(out, table);
    for (const svg::Plot& plot : section.plots) out += svg::draw(plot);
    out += "</section>\n";
  }
  if (!page.footer.empty()) out += "<footer>" + svg::escaped(page.footer) + "</footer>\n";
  return out + "</body>\n</html>\n";
}

}  // namespace paragon
