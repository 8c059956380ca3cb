#include "figures/paper_traces.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace paragon::figures {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kHour = "_1h";
constexpr Duration kQuickLength = 10min;
constexpr double kQuickRate = 50;
// Two years of hours: an ordinary day of spring 2011, with every hour recorded.
constexpr Duration kWikiFrom = 2400h;
constexpr Duration kWikiLength = 24h;
constexpr double kWikiRate = 50;  // requests a second: a day of them takes as long as the others

struct Known {
  std::string_view name;
  std::string_view title;
};
constexpr std::array kKnown{Known{"berkeley", "Berkeley"}, Known{"wits", "WITS"},
                            Known{"twitter", "Twitter"}, Known{"wiki", "Wiki (hourly, drawn)"}};

Shape shape_of(std::string_view name, const TraceSummary& file, bool quick, std::uint64_t seed) {
  Shape shape;
  shape.seed = seed;
  if (name == "wiki") {
    if (file.length >= kWikiFrom + kWikiLength) shape.from = kWikiFrom;
    shape.to = shape.from + kWikiLength;
    shape.mean = per_second(kWikiRate);
  } else {
    shape.to = 1h;
  }
  if (quick) {
    shape.to = shape.from + (name == "wiki" ? Duration(6h) : kQuickLength);
    if (name == "wiki") shape.compress = 36;  // six hours in the same ten minutes
    shape.mean = per_second(kQuickRate);
  }
  return shape;
}

std::uint64_t requests_of(const Shape& shape, const TraceSummary& file) {
  const Duration length = std::min(*shape.to, file.length) - shape.from;
  const Rate rate = shape.mean ? *shape.mean : file.mean_rate();
  return static_cast<std::uint64_t>(rate * length / shape.compress);
}

}  // namespace

std::vector<std::string> trace_files(std::string_view name) {
  std::vector<std::string> files;
  const auto both = [&](const std::string& stem) {
    files.push_back(stem + ".csv");
    files.push_back(stem + ".csv.gz");
  };
  if (name == "wiki") {
    both("wiki_hourly_2011-01_2012-12");
  } else {
    both(std::string(name) + std::string(kHour));
  }
  both(std::string(name));
  return files;
}

Result<FoundTraces> find_traces(const std::string& folder, bool quick, std::uint64_t seed) {
  std::error_code failure;
  if (!folder.empty() && !std::filesystem::is_directory(folder, failure)) {
    return Error{ErrorCode::not_found,
                 fmt::format("{}: expected the folder of the recorded traces, and there is none; "
                             "docs/figures.md says what goes into it",
                             folder)};
  }
  FoundTraces found;
  for (const Known& known : kKnown) {
    const std::vector<std::string> names = trace_files(known.name);
    const auto is_there = [&](const std::string& file) {
      return std::filesystem::is_regular_file(std::filesystem::path(folder) / file, failure);
    };
    const auto file = std::find_if(names.begin(), names.end(), is_there);
    if (file == names.end()) {
      found.missing.push_back(fmt::format("{}: none of {} in {}", known.title,
                                          fmt::join(names, ", "),
                                          folder.empty() ? "any folder" : folder));
      continue;
    }
    const std::string path = (std::filesystem::path(folder) / *file).string();
    const Result<TraceSummary> summary = summarise(path);
    if (!summary) return summary.error();
    const Shape shape = shape_of(known.name, *summary, quick, seed);
    found.traces.push_back({std::string(known.name), std::string(known.title), path, shape,
                            requests_of(shape, *summary)});
  }
  return found;
}

}  // namespace paragon::figures
