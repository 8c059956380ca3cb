// A folder of pictures and the list that names their classes.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>

#include "load/picture.h"

namespace paragon {
namespace {

// One line of CSV (RFC 4180, without line ends inside quotes).
std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
      cells.back() += '"';
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      cells.emplace_back();
    } else if (c != '\r') {
      cells.back() += c;
    }
  }
  return cells;
}

std::optional<std::size_t> column(const std::vector<std::string>& head,
                                  std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const auto it = std::find(head.begin(), head.end(), name);
    if (it != head.end()) return static_cast<std::size_t>(it - head.begin());
  }
  return std::nullopt;
}

const char* content_type_of(const std::string& bytes) {
  if (bytes.starts_with("\x89PNG")) return "image/png";
  if (bytes.starts_with("\xFF\xD8\xFF")) return "image/jpeg";
  return nullptr;
}

std::optional<std::string> contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

}  // namespace

Result<LabelledPictures> read_pictures(const std::string& directory, const std::string& labels_csv,
                                       const std::string& data_set, std::size_t limit) {
  std::ifstream list(labels_csv);
  if (!list) {
    return {ErrorCode::not_found, labels_csv + ": the list of labels cannot be opened"};
  }
  std::string line;
  std::getline(list, line);
  const auto head = cells_of(line);
  const auto file = column(head, {"file", "filename", "path"});
  const auto label = column(head, {"class_name", "label", "class"});
  const auto task = column(head, {"task"});
  if (!file || !label) {
    return {ErrorCode::invalid,
            fmt::format("{}:1: needs the columns `file` and `class_name` (or `label`), has: {}",
                        labels_csv, line)};
  }
  if (!data_set.empty() && !task) {
    return {ErrorCode::invalid,
            fmt::format("{}:1: has no column `task` to choose `{}` by", labels_csv, data_set)};
  }

  LabelledPictures pictures;
  std::size_t listed = 0;
  for (int number = 2; pictures.size() < limit && std::getline(list, line); ++number) {
    if (line.empty() || line == "\r") continue;
    const auto cells = cells_of(line);
    if (cells.size() < head.size()) {
      return {ErrorCode::invalid, fmt::format("{}:{}: {} cells, the header has {}", labels_csv,
                                              number, cells.size(), head.size())};
    }
    if (!data_set.empty() && cells[*task] != data_set) continue;
    ++listed;
    auto bytes = contents(directory + "/" + cells[*file]);
    // A list of several folders may be used with one of them.
    const std::size_t slash = cells[*file].rfind('/');
    if (!bytes && slash != std::string::npos) {
      bytes = contents(directory + cells[*file].substr(slash));
    }
    if (!bytes) continue;
    const char* type = content_type_of(*bytes);
    if (!type) {
      return {ErrorCode::invalid, fmt::format("{}:{}: {}/{} is neither PNG nor JPEG", labels_csv,
                                              number, directory, cells[*file])};
    }
    pictures.push_back(
        {std::make_shared<const std::string>(std::move(*bytes)), type, cells[*label]});
  }
  if (pictures.empty()) {
    return {ErrorCode::not_found,
            fmt::format("{}: lists {} pictures{}, none of them is in {}", labels_csv, listed,
                        data_set.empty() ? "" : " of `" + data_set + "`", directory)};
  }
  return pictures;
}

}  // namespace paragon
