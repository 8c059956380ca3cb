#include "profile/model_folder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "catalog/entry.h"
#include "catalog/model_file.h"
#include "profile/lone_process.h"

namespace paragon::profile {
namespace {

namespace fs = std::filesystem;

// A name as catalogs take it.
std::string safe_name(std::string name) {
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '_' && c != '.') {
      c = '_';
    }
  }
  if (name.size() > 100) name.resize(100);
  return name;
}

std::vector<float> floats(const std::optional<std::vector<double>>& values,
                          const std::vector<float>& otherwise) {
  if (!values) return otherwise;
  return {values->begin(), values->end()};
}

// One number may stand for all channels.
std::vector<float> per_channel(const std::vector<float>& values, int channels, float otherwise) {
  const auto count = static_cast<std::size_t>(channels);
  if (values.empty()) return std::vector<float>(count, otherwise);
  if (values.size() == 1) return std::vector<float>(count, values[0]);
  return values;
}

constexpr Entry::Choice<ChannelOrder> kOrders[] = {
    {"rgb", ChannelOrder::rgb}, {"bgr", ChannelOrder::bgr}, {"gray", ChannelOrder::gray}};

class Folder {
 public:
  Folder(const std::string& folder, const FolderSettings& settings)
      : folder_(folder), settings_(settings) {}

  Status read_list() {
    const std::string file = (fs::path(folder_) / "models.csv").string();
    std::error_code ignored;
    if (!fs::exists(file, ignored)) return {};
    list_file_ = file;
    auto table = read_csv(file);
    if (!table) return table.error();
    list_ = std::move(*table);
    return {};
  }

  Result<Variant> variant(const fs::path& file) {
    Variant v;
    v.file = fs::absolute(file).lexically_normal().string();
    v.name = safe_name(file.stem().string());
    const NameParts parts = name_parts(v.name);
    v.family = parts.family;
    v.precision = parts.precision;
    if (!settings_.program.empty()) {
      const auto tried = LoneProcess::start(settings_.program, v.file, 1);
      if (!tried) return tried.error();
    }
    auto session = ModelSession::open(v.file, 1);
    if (!session) return session.error();
    if ((*session)->inputs().empty()) return {ErrorCode::unsupported, "takes no input"};
    std::vector<float> mean = settings_.mean, std = settings_.std;
    ChannelOrder colours = settings_.colours;
    double crop = settings_.central_crop;
    v.output.softmax = settings_.softmax;
    if (const Node* line = line_of(file.filename().string())) {
      Complaints complaints;
      Entry entry(*line, list_file_, "", complaints);
      mean = floats(entry.numbers("mean"), mean);
      std = floats(entry.numbers("std"), std);
      colours = entry.choice("channel_order", kOrders).value_or(colours);
      crop = entry.number("central_crop", 0, 1).value_or(crop);
      v.output.softmax = entry.flag("softmax").value_or(v.output.softmax);
      v.family = entry.text("family").value_or(v.family);
      v.precision = entry.text("precision").value_or(v.precision);
      if (!complaints.empty()) return complaints.error();
    }
    if (settings_.input == InputKind::image) {
      if ((*session)->inputs().size() != 1) {
        return {ErrorCode::unsupported, fmt::format("takes {} inputs, a network for pictures takes "
                                                    "one; --tensors is for others",
                                                    (*session)->inputs().size())};
      }
      auto how = preprocessing_of((*session)->inputs()[0], colours);
      if (!how) return how.error();
      v.preprocessing = std::move(*how);
      v.preprocessing.central_crop = crop;
      v.preprocessing.mean = per_channel(mean, v.preprocessing.channel_count(), 0);
      v.preprocessing.std = per_channel(std, v.preprocessing.channel_count(), 1);
    }
    auto hash = sha256_of_file(v.file);
    if (!hash) return hash.error();
    v.sha256 = std::move(*hash);
    v.memory = megabytes(1);
    return v;
  }

 private:
  const Node* line_of(const std::string& file) const {
    for (const Node& row : list_.items) {
      const Node* cell = row.find("file");
      if (cell != nullptr && fs::path(cell->text).filename() == file) return &row;
    }
    return nullptr;
  }

  const std::string& folder_;
  const FolderSettings& settings_;
  std::string list_file_;
  Node list_;
};

}  // namespace

NameParts name_parts(const std::string& stem) {
  for (const char* precision : {"int8", "uint8", "int4", "fp16", "bf16", "fp32"}) {
    const std::string ending = std::string(".") + precision;
    if (stem.ends_with(ending) && stem.size() > ending.size()) {
      return {stem.substr(0, stem.size() - ending.size()), precision};
    }
  }
  return {stem, "fp32"};
}

Result<Preprocessing> preprocessing_of(const TensorSpec& input, ChannelOrder colours) {
  const auto& shape = input.shape;
  const auto is_channels = [](std::int64_t n) { return n == 1 || n == 3; };
  if (shape.size() != 4 || (!is_channels(shape[1]) && !is_channels(shape[3]))) {
    return {ErrorCode::unsupported,
            fmt::format("input '{}' has shape [{}], a network for pictures takes [N, channels, "
                        "height, width] or [N, height, width, channels] with 1 or 3 channels; "
                        "--tensors is for others",
                        input.name, fmt::join(shape, ", "))};
  }
  Preprocessing how;
  how.layout = is_channels(shape[1]) ? Layout::nchw : Layout::nhwc;
  const bool first = how.layout == Layout::nchw;
  const std::int64_t height = first ? shape[2] : shape[1], width = first ? shape[3] : shape[2];
  if (height < 1 || width < 1 || height > 4096 || width > 4096) {
    return {ErrorCode::unsupported,
            fmt::format("input '{}' has shape [{}]: the size of its pictures is not fixed to 1 to "
                        "4096 pixels; export it with fixed height and width",
                        input.name, fmt::join(shape, ", "))};
  }
  how.height = static_cast<int>(height);
  how.width = static_cast<int>(width);
  const bool grey = (first ? shape[1] : shape[3]) == 1;
  how.channels = grey                            ? ChannelOrder::gray
                 : colours == ChannelOrder::gray ? ChannelOrder::rgb
                                                 : colours;
  return how;
}

Result<FolderModels> read_model_folder(const std::string& folder, const FolderSettings& settings) {
  std::vector<fs::path> files;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(folder, failure)) {
    if (entry.path().extension() == ".onnx") files.push_back(entry.path());
  }
  if (failure) {
    return {ErrorCode::not_found, fmt::format("{}: cannot be read: {}", folder, failure.message())};
  }
  if (files.empty()) {
    return {ErrorCode::not_found, fmt::format("{}: holds no .onnx file", folder)};
  }
  std::sort(files.begin(), files.end());
  Folder reader(folder, settings);
  if (Status read = reader.read_list(); !read) return read.error();

  FolderModels models;
  Task task;
  task.name = settings.task.empty()
                  ? safe_name(fs::absolute(folder).lexically_normal().filename().string())
                  : settings.task;
  if (task.name.empty()) task.name = "task";
  task.input = settings.input;
  task.labels = settings.labels;
  for (const fs::path& file : files) {
    auto variant = reader.variant(file);
    if (!variant) {
      models.left_out.push_back(
          fmt::format("{}: {}", file.filename().string(), variant.error().message));
      continue;
    }
    // A variant and its task share their names to a client.
    if (variant->name == task.name) task.name += "-task";
    models.parts.variants.push_back(std::move(*variant));
    models.parts.profiles.push_back({.service_p50 = std::chrono::milliseconds(1),
                                     .service_p99 = std::chrono::milliseconds(1),
                                     .load = std::chrono::milliseconds(1)});
  }
  if (models.parts.variants.empty()) {
    return {ErrorCode::invalid,
            fmt::format("{}: none of its {} networks can be used:\n  {}", folder, files.size(),
                        fmt::join(models.left_out, "\n  "))};
  }
  for (Variant& variant : models.parts.variants) variant.task = TaskId{0};
  models.parts.tasks.push_back(std::move(task));
  return models;
}

}  // namespace paragon::profile
