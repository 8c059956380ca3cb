#include "profile/labelled_set.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "catalog/complaints.h"
#include "catalog/node.h"
#include "report/number.h"

namespace paragon::profile {
namespace {

namespace fs = std::filesystem;
constexpr std::uintmax_t kFileMax = 64u << 20;

Error wrong_label(const std::string& label, const std::vector<std::string>& labels) {
  std::string some;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, labels.size()); ++i) {
    some += (i > 0 ? ", " : "") + in_quotes(labels[i]);
  }
  return {ErrorCode::invalid,
          fmt::format("label {} is none of the task's {} ({}{})", in_quotes(label), labels.size(),
                      some, labels.size() > 3 ? ", ..." : "")};
}

class Reader {
 public:
  Reader(LabelledSet& set, const std::vector<std::string>& labels) : set_(set), labels_(labels) {}

  void add(LabelledItem item, const std::string& label) {
    const auto index = label_index(label, labels_);
    if (!index) return leave_out(item.name, wrong_label(label, labels_).message);
    item.label = *index;
    set_.items.push_back(std::move(item));
  }
  void leave_out(const std::string& name, const std::string& why) {
    set_.left_out.push_back(fmt::format("{}: {}", name, why));
  }

  Result<LabelledSet> done(const std::string& source, std::size_t limit, const char* what) {
    if (set_.items.empty()) {
      return {ErrorCode::invalid, fmt::format("{}: nothing in it can be used{}{}", source,
                                              set_.left_out.empty() ? "" : "; the first of it: ",
                                              set_.left_out.empty() ? "" : set_.left_out.front())};
    }
    set_.keep_evenly(limit);
    set_.from = fmt::format("{} {} of {}", count_text(set_.items.size()), what,
                            fs::path(source).lexically_normal().string());
    return std::move(set_);
  }

 private:
  LabelledSet& set_;
  const std::vector<std::string>& labels_;
};

const std::string* cell(const Node& row, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const Node* node = row.find(name)) return &node->text;
  }
  return nullptr;
}

// A list of several folders may be used with one of them: the file is looked for as written, then
// without its first folder.
std::optional<std::string> find_picture(const std::string& folder, const std::string& file) {
  const fs::path relative(file);
  fs::path inner;
  for (auto part = relative.begin(); part != relative.end(); ++part) {
    if (part != relative.begin()) inner /= *part;
  }
  for (const fs::path& path : {fs::path(folder) / relative, fs::path(folder) / inner}) {
    std::error_code ignored;
    if (!path.filename().empty() && fs::is_regular_file(path, ignored)) return path.string();
  }
  return std::nullopt;
}

Status read_list(const LabelledSource& source, const std::string& list, Reader& reader) {
  const auto table = read_csv(list);
  if (!table) return table.error();
  bool any = false;
  for (const Node& row : table->items) {
    if (!source.data_set.empty()) {
      const std::string* set = cell(row, {"task"});
      if (set == nullptr || *set != source.data_set) continue;
    }
    const std::string* file = cell(row, {"file", "filename", "path"});
    const std::string* label = cell(row, {"class_name", "label", "class", "class_index"});
    if (file == nullptr || label == nullptr) {
      return {ErrorCode::invalid,
              fmt::format("{}:{}: needs the cells `file` and `class_name` (or `label`, `class`, "
                          "`class_index`)",
                          list, row.line)};
    }
    any = true;
    const auto path = find_picture(source.images, *file);
    if (!path) {
      reader.leave_out(*file, "is not in " + source.images);
      continue;
    }
    reader.add({.name = *file, .label = 0, .path = *path}, *label);
  }
  if (!any && !source.data_set.empty()) {
    return {ErrorCode::invalid,
            fmt::format("{}: no line has '{}' in its column `task`", list, source.data_set)};
  }
  return {};
}

Status read_class_folders(const std::string& folder, Reader& reader) {
  std::vector<fs::path> classes;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(folder, failure)) {
    if (entry.is_directory(failure)) classes.push_back(entry.path());
  }
  std::sort(classes.begin(), classes.end());
  if (classes.empty()) {
    return {ErrorCode::not_found,
            fmt::format("{}: has neither a labels.csv nor a sub-folder a class; name the list with "
                        "--labels",
                        folder)};
  }
  for (const fs::path& one : classes) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(one, failure)) {
      if (entry.is_regular_file(failure)) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    const std::string label = one.filename().string();
    for (const fs::path& file : files) {
      reader.add(
          {.name = label + "/" + file.filename().string(), .label = 0, .path = file.string()},
          label);
    }
  }
  return {};
}

Result<LabelledSet> read_tensors(const LabelledSource& source,
                                 const std::vector<std::string>& labels) {
  auto rows = read_tensor_file(source.tensors);
  if (!rows) return rows.error();
  auto text = read_text(source.labels);
  if (!text) return text.error();
  LabelledSet set;
  Reader reader(set, labels);
  const std::vector<std::string> lines = lines_of(*text);
  for (std::size_t i = 0; i < std::min(lines.size(), rows->rows); ++i) {
    reader.add({.name = fmt::format("{}", i), .label = 0, .row = i}, lines[i]);
  }
  if (lines.size() != rows->rows) {
    return {ErrorCode::invalid, fmt::format("{}: {} labels for the {} rows of {}", source.labels,
                                            lines.size(), rows->rows, source.tensors)};
  }
  set.tensors = std::move(*rows);
  return reader.done(source.tensors, source.limit, "rows");
}

}  // namespace

// Lists are often sorted by class, so a part of one is taken evenly from all of it.
void LabelledSet::keep_evenly(std::size_t most) {
  if (items.size() <= most || most == 0) return;
  std::vector<LabelledItem> kept;
  for (std::size_t i = 0; i < most; ++i) {
    kept.push_back(std::move(items[i * items.size() / most]));
  }
  items = std::move(kept);
}

std::optional<std::size_t> label_index(const std::string& text,
                                       const std::vector<std::string>& labels) {
  const auto name = std::find(labels.begin(), labels.end(), text);
  if (name != labels.end()) return static_cast<std::size_t>(name - labels.begin());
  std::size_t index = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
  return index < labels.size() ? std::optional(index) : std::nullopt;
}

Result<std::shared_ptr<const std::string>> LabelledSet::file(const LabelledItem& item) const {
  if (item.bytes) return item.bytes;
  std::error_code failure;
  const auto size = fs::file_size(item.path, failure);
  if (!failure && size > kFileMax) {
    return {ErrorCode::invalid, fmt::format("{} MB, more than a picture takes", size >> 20)};
  }
  std::ifstream in(item.path, std::ios::binary);
  if (failure || !in) {
    return {ErrorCode::not_found, fmt::format("cannot be read: {}", std::strerror(errno))};
  }
  return std::make_shared<const std::string>(std::istreambuf_iterator<char>(in),
                                             std::istreambuf_iterator<char>());
}

Result<LabelledSet> labelled_set_of(const LabelledPictures& pictures,
                                    const std::vector<std::string>& labels, std::string from) {
  LabelledSet set;
  Reader reader(set, labels);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    reader.add({.name = fmt::format("{}", i), .label = 0, .bytes = pictures[i].bytes},
               pictures[i].label);
  }
  auto done = reader.done(from, 0, "pictures");
  if (done) done->from = std::move(from);
  return done;
}

Result<LabelledSet> read_labelled_set(const LabelledSource& source,
                                      const std::vector<std::string>& labels) {
  if (!source.tensors.empty()) return read_tensors(source, labels);
  std::error_code ignored;
  if (!fs::is_directory(source.images, ignored)) {
    auto pictures = read_idx_pictures(source.images, source.labels, labels, source.limit);
    if (!pictures) return pictures.error();
    return labelled_set_of(
        *pictures, labels,
        fmt::format("{} pictures of {}", count_text(pictures->size()), source.images));
  }
  LabelledSet set;
  Reader reader(set, labels);
  const std::string beside = source.images + "/labels.csv";
  const std::string list = !source.labels.empty()        ? source.labels
                           : fs::exists(beside, ignored) ? beside
                                                         : "";
  const Status read =
      list.empty() ? read_class_folders(source.images, reader) : read_list(source, list, reader);
  if (!read) return read.error();
  return reader.done(source.images, source.limit, "pictures");
}

}  // namespace paragon::profile
